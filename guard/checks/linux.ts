import { none, type Check } from './check.ts'

/** What a Debian or Ubuntu host, or any Linux, may be in the middle of. */
export const linuxChecks: Readonly<Record<string, Check>> = {
  'packages.locks': {
    text: 'No package manager holds its lock.',
    about: /^(system|package|configuration|service|filesystem|opaque)/,
    questions: () => [{ kind: 'package_locks' }],
    look: ({ packageLocks }) =>
      none(
        packageLocks?.map((file) => `${file} is held`),
        'None is held.',
      ),
    advice: 'Let the installation end: one that is cut off leaves packages half configured.',
  },
  'volumes.snapshots': {
    text: 'Logical volumes in use have a snapshot.',
    about: /^(filesystem|disk|raw|volume_group|database|configuration|package)/,
    questions: () => [{ kind: 'volumes' }],
    look: ({ volumes }) =>
      volumes === undefined
        ? null
        : none(
            volumes.used.filter((volume) => !volumes.snapshots.includes(volume)).map((volume) => `${volume} has none`),
            volumes.used.length === 0 ? 'No logical volume is in use.' : 'Each has one.',
          ),
    advice: 'Take one first: lvcreate --snapshot --size 5G --name before VG/LV.',
  },
  'snap.changes': {
    text: 'No snap refresh is under way.',
    about: /^(system|package|service)/,
    questions: () => [{ kind: 'snap' }],
    look: ({ snapChanges }) => none(snapChanges, 'None is under way.'),
    advice: 'Wait for it: snap watch --last=refresh.',
    ifKnown: ['ubuntu'],
  },
  'systemd.failed': {
    text: 'systemd reports no failed unit that this would hide.',
    about: /^(system|service)/,
    questions: () => [{ kind: 'failed_units' }],
    look: ({ failedUnits }) =>
      none(
        failedUnits?.map((unit) => `${unit} has failed`),
        'No unit has failed.',
      ),
    advice: 'Look at it first: systemctl status UNIT.',
  },
  sessions: {
    text: 'Nobody else works on this server now.',
    about: /^(system|user|ssh|network|firewall)/,
    questions: () => [{ kind: 'sessions' }],
    look: ({ sessions }) =>
      none(
        sessions?.map((session) => `${session} is logged in`),
        'Nobody is logged in.',
      ),
    advice: 'Tell them, and give them the time to end their work.',
  },
}
