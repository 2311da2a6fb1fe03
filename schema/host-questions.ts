/** What the guard wants to know of the host itself before a person decides (spec GUARD-8, 18, 23 to 27). */
export type HostQuestion =
  | { readonly kind: 'containers'; readonly which: 'running' | 'all' }
  /** How containers hang together: stacks, dependants, volumes, restart policies. */
  | { readonly kind: 'container_details' }
  | { readonly kind: 'services'; readonly pattern: string }
  /** What needs a unit of systemd and stops with it. */
  | { readonly kind: 'dependants'; readonly unit: string }
  | { readonly kind: 'path'; readonly path: string }
  /** Where paths lead once the host has followed their symbolic links. */
  | { readonly kind: 'links'; readonly paths: readonly string[] }
  | { readonly kind: 'datasets'; readonly root: string }
  /** Health and scans of a pool; of every pool without a name. */
  | { readonly kind: 'pools'; readonly pool: string | null }
  | { readonly kind: 'sessions' }
  | { readonly kind: 'guests' }
  | { readonly kind: 'parity' }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'package_locks' }
  | { readonly kind: 'volumes' }
  | { readonly kind: 'snap' }
  | { readonly kind: 'failed_units' }
  | { readonly kind: 'wsl' }
  | { readonly kind: 'docker_desktop' }
  | { readonly kind: 'ntfs'; readonly paths: readonly string[] }
  /** The newest file in places of backups; `about` is a part of its name, such as a guest's number. */
  | { readonly kind: 'backups'; readonly places: readonly string[]; readonly about: string | null }

/** What is below a path; counting stops at a limit, which `more` says. */
export type PathAnswer = {
  readonly files: number
  readonly bytes: number | null
  readonly more: boolean
  /** File systems that are mounted there or below. */
  readonly mounts?: readonly string[]
}

/** One container as its engine describes it. `needs` are names of containers on the same host. */
export type ContainerAnswer = {
  readonly name: string
  readonly running: boolean
  readonly project: string | null
  readonly needs: readonly string[]
  readonly restart: string
  readonly volumes: readonly string[]
}

/** The array of an Unraid host, and the parity operation that may be under way. */
export type ParityAnswer = {
  readonly running: boolean
  readonly percentage: number | null
  readonly remaining: string | null
  readonly paused?: boolean
  /** As the driver calls it: `check P`, `recon P`, `clear`. */
  readonly action?: string
  readonly state?: string
  /** Disks that are disabled, invalid or missing. */
  readonly faultyDisks?: number
  readonly moverRunning?: boolean
  /** Null where there is no cache. */
  readonly cacheMounted?: boolean | null
}

export type DatasetAnswer = {
  readonly name: string
  readonly type: string
  /** Holds on a snapshot: it cannot be destroyed before they are released. */
  readonly holds: number
  readonly clones: readonly string[]
  readonly mountpoint: string | null
}

export type PoolAnswer = {
  readonly name: string
  readonly state: string
  /** A scrub or a resilver that is under way, in the tool's words. */
  readonly scan: { readonly kind: 'scrub' | 'resilver'; readonly progress: string | null } | null
}

export type GuestAnswer = {
  readonly id: string
  readonly name: string
  readonly running: boolean
  /** Why it is locked: `backup`, `migrate`, `snapshot`. */
  readonly lock: string | null
  /** What starts and stops it. */
  readonly tool: 'qm' | 'pct' | null
}

export type ClusterAnswer = {
  /** Null where the host is in no cluster. */
  readonly quorate: boolean | null
  readonly votes: string | null
  /** Guests in the care of HA whose state is not a resting one. */
  readonly transitions: readonly string[]
  readonly managed: readonly string[]
  readonly backups: readonly string[]
}

export type BackupAnswer = {
  readonly path: string
  readonly ageSeconds: number
  readonly bytes: number
  /** What reading it as the archive that its name promises said; null where nothing here can read it. */
  readonly readable: boolean | null
}

/** What the host said. A field that is not there could not be had, and an estimate or `unchecked` stands in for it. */
export type HostAnswers = {
  readonly containers?: {
    readonly running?: readonly string[]
    readonly all?: readonly string[]
    readonly details?: readonly ContainerAnswer[]
  }
  readonly services?: Readonly<Record<string, readonly string[]>>
  readonly dependants?: Readonly<Record<string, readonly string[]>>
  readonly paths?: Readonly<Record<string, PathAnswer>>
  readonly links?: Readonly<Record<string, string>>
  readonly datasets?: Readonly<Record<string, readonly string[]>>
  readonly datasetDetails?: Readonly<Record<string, readonly DatasetAnswer[]>>
  readonly pools?: readonly PoolAnswer[]
  readonly sessions?: readonly string[]
  readonly guests?: readonly string[]
  readonly guestDetails?: readonly GuestAnswer[]
  readonly parity?: ParityAnswer
  readonly cluster?: ClusterAnswer
  readonly packageLocks?: readonly string[]
  readonly volumes?: { readonly used: readonly string[]; readonly snapshots: readonly string[] }
  readonly snapChanges?: readonly string[]
  readonly failedUnits?: readonly string[]
  readonly wsl?: {
    readonly interop: boolean
    readonly windowsPrograms: readonly string[]
    readonly dockerDesktop: boolean
  }
  readonly dockerDesktop?: { readonly running: boolean; readonly detail: string }
  readonly ntfs?: Readonly<Record<string, 'allowed' | 'denied'>>
  /** By `about`, or the empty text. Null: there is none. */
  readonly backups?: Readonly<Record<string, BackupAnswer | null>>
}
