import type { DeviceType } from '../schema/server.ts'

/** What is particular to a kind of device (spec GUARD-8, GUARD-18). Names may end in `*`. */
export type DeviceRules = {
  readonly bulkLimit: number
  /** How many things a bulk act hits where the host cannot be asked. */
  readonly estimate: number
  readonly protectedContainers: readonly string[]
  readonly protectedPaths: readonly string[]
  readonly criticalServices: readonly string[]
  readonly checks: readonly string[]
}

const ubuntu: DeviceRules = {
  bulkLimit: 15,
  estimate: 15,
  protectedContainers: ['monitoring-*', 'logging-*', 'proxy-*', 'database-*'],
  protectedPaths: ['/', '/boot', '/var', '/etc'],
  criticalServices: ['ssh', 'sshd', 'networking', 'systemd-*'],
  checks: [
    'No package manager holds its lock.',
    'Logical volumes in use have a snapshot.',
    'No snap refresh is under way.',
    'systemd reports no failed unit that this would hide.',
  ],
}

export const devices: Readonly<Record<DeviceType, DeviceRules>> = {
  ubuntu,
  generic: {
    ...ubuntu,
    estimate: 10,
    checks: ['No package manager holds its lock.', 'Nobody else works on this server now.'],
  },
  unraid: {
    bulkLimit: 5,
    estimate: 8,
    protectedContainers: ['unraid-*', 'parity-check', 'mover', 'webui'],
    protectedPaths: ['/mnt/user', '/mnt/user0', '/mnt/disk*', '/mnt/cache', '/boot'],
    criticalServices: ['nginx', 'php-fpm', 'smbd'],
    checks: [
      'The array is started and healthy.',
      'No parity operation is under way.',
      'The mover is idle and the cache drive is mounted.',
      'Containers that others depend on are known.',
    ],
  },
  wsl2: {
    bulkLimit: 8,
    estimate: 5,
    protectedContainers: ['dev-*', 'vscode-*'],
    protectedPaths: ['/mnt/c', '/mnt/wsl'],
    criticalServices: ['ssh', 'docker'],
    checks: ['Windows programs that use this distribution are closed.', 'No Windows service depends on it.'],
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
    ],
    criticalServices: ['Docker Desktop', 'Docker Engine', 'com.docker.service', 'docker'],
    checks: ['Docker Desktop runs and is not updating.', 'The account has the NTFS permissions this needs.'],
  },
  proxmox: {
    bulkLimit: 5,
    estimate: 10,
    protectedContainers: [],
    protectedPaths: ['/etc/pve', '/var/lib/vz', '/boot'],
    criticalServices: ['pve*', 'corosync', 'ceph*'],
    checks: [
      'The cluster has quorum.',
      'No guest is in an HA transition.',
      'No backup is under way.',
      'Guests that run here are known.',
    ],
  },
  nas: {
    bulkLimit: 5,
    estimate: 10,
    protectedContainers: [],
    protectedPaths: ['/mnt/*', '/tank', '/pool', '/volume*', '/boot'],
    criticalServices: ['zfs*', 'smbd', 'nfs-server'],
    checks: ['No scrub or resilver is under way.', 'Snapshots and holds are known.', 'Nothing depends on the dataset.'],
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
