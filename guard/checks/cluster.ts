import { every, none, type Check } from './check.ts'

/** Proxmox VE: what a cluster, its HA manager and its backups are doing just now. */
export const clusterChecks: Readonly<Record<string, Check>> = {
  'cluster.quorum': {
    text: 'The cluster has quorum.',
    about: every,
    questions: () => [{ kind: 'cluster' }],
    look: ({ cluster }) =>
      cluster === undefined
        ? null
        : cluster.quorate === null
          ? { fine: true, detail: 'This host is in no cluster.' }
          : {
              fine: cluster.quorate,
              detail: `${cluster.quorate ? 'Quorate' : 'There is no quorum'}${cluster.votes === null ? '' : `: ${cluster.votes}`}.`,
            },
    advice: 'Bring the missing nodes back first: without quorum /etc/pve is read-only and guests do not start again.',
  },
  'cluster.ha': {
    text: 'No guest is in an HA transition.',
    about: every,
    questions: () => [{ kind: 'cluster' }],
    look: ({ cluster }) =>
      cluster === undefined
        ? null
        : none(
            cluster.transitions,
            cluster.managed.length === 0 ? 'HA manages no guest.' : `HA manages ${cluster.managed.join(', ')}.`,
          ),
    advice:
      'Wait until the HA manager is done, or take the guest out of its care: it starts elsewhere what is stopped here.',
  },
  'cluster.backups': {
    text: 'No backup is under way.',
    about: every,
    questions: () => [{ kind: 'cluster' }],
    look: ({ cluster }) => (cluster === undefined ? null : none(cluster.backups, 'None is under way.')),
    advice: 'Wait for its end: a backup that is cut off is none.',
  },
  'cluster.guests': {
    text: 'Guests that run here are known.',
    about: /^(virtual|system|service|network|zfs|disk|filesystem|opaque)/,
    questions: () => [{ kind: 'guests' }],
    look: ({ guestDetails }) => {
      const running = guestDetails?.filter((guest) => guest.running)
      return running === undefined
        ? null
        : {
            fine: true,
            detail:
              running.length === 0
                ? 'None runs.'
                : `${running.length} run: ${running
                    .slice(0, 10)
                    .map(({ id, name }) => `${id} ${name}`.trim())
                    .join(', ')}.`,
          }
    },
    advice: '',
  },
}
