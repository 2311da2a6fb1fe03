import type { DeviceType } from '../schema/server.ts'

/** What is particular to a kind of device (spec GUARD-8, GUARD-18). Names may end in `*`. */
export type DeviceRules = {
  readonly bulkLimit: number
  /** How many things a bulk act hits where the host cannot be asked. */
  readonly estimate: number
  readonly protectedContainers: readonly string[]
  readonly protectedPaths: readonly string[]
  readonly criticalServices: readonly string[]
  /** Ids of what is looked at on the host before a person decides; see device-checks.ts. */
  readonly checks: readonly string[]
}

const ubuntu: DeviceRules = {
  bulkLimit: 15,
  estimate: 15,
  protectedContainers: ['monitoring-*', 'logging-*', 'proxy-*', 'database-*'],
  protectedPaths: ['/', '/boot', '/var', '/etc'],
  criticalServices: ['ssh', 'sshd', 'networking', 'systemd-*'],
  checks: ['packages.locks', 'volumes.snapshots', 'snap.changes', 'systemd.failed', 'sessions'],
}

export const devices: Readonly<Record<DeviceType, DeviceRules>> = {
  ubuntu,
  generic: {
    ...ubuntu,
    estimate: 10,
    checks: ['packages.locks', 'sessions', 'pools.scan', 'pools.health'],
  },
  unraid: {
    bulkLimit: 5,
    estimate: 8,
    protectedContainers: ['unraid-*', 'parity-check', 'mover', 'webui'],
    protectedPaths: ['/mnt/user', '/mnt/user0', '/mnt/disk*', '/mnt/cache', '/boot'],
    criticalServices: ['nginx', 'php-fpm', 'smbd'],
    checks: ['array.started', 'array.parity', 'array.mover', 'array.containers'],
  },
  wsl2: {
    bulkLimit: 8,
    estimate: 5,
    protectedContainers: ['dev-*', 'vscode-*'],
    protectedPaths: ['/mnt/c', '/mnt/wsl'],
    criticalServices: ['ssh', 'docker'],
    checks: ['wsl.programs', 'wsl.services'],
  },
  windows: {
    bulkLimit: 3,
    estimate: 3,
    protectedContainers: ['*'],
    protectedPaths: [
      '/mnt/c/Windows',
      '/mnt/c/Program Files',
      '/mnt/c/Program Files (x86)',
      '/c/Windows',
      '/c/Program Files',
      '/c/Program Files (x86)',
      '/cygdrive/c/Windows',
      '/cygdrive/c/Program Files',
      '/cygdrive/c/Program Files (x86)',
    ],
    criticalServices: ['Docker Desktop', 'Docker Engine', 'com.docker.service', 'docker'],
    checks: ['windows.docker', 'windows.ntfs'],
  },
  proxmox: {
    bulkLimit: 5,
    estimate: 10,
    protectedContainers: [],
    protectedPaths: ['/etc/pve', '/var/lib/vz', '/boot'],
    criticalServices: ['pve*', 'corosync', 'ceph*'],
    checks: ['cluster.quorum', 'cluster.ha', 'cluster.backups', 'cluster.guests', 'pools.scan'],
  },
  nas: {
    bulkLimit: 5,
    estimate: 10,
    protectedContainers: [],
    protectedPaths: ['/mnt/*', '/tank', '/pool', '/volume*', '/boot'],
    criticalServices: ['zfs*', 'smbd', 'nfs-server'],
    checks: ['pools.scan', 'pools.health', 'datasets.holds', 'datasets.dependants'],
  },
}

/** Whether a name is among patterns that may hold `*`. */
export const isNamed = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const star = pattern.indexOf('*')
    return star < 0
      ? pattern === name
      : name.startsWith(pattern.slice(0, star)) && name.endsWith(pattern.slice(star + 1))
  })
