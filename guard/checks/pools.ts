import { every, none, type Check } from './check.ts'

/** ZFS: what a pool is doing, and what holds on to its datasets. */
export const poolChecks: Readonly<Record<string, Check>> = {
  'pools.scan': {
    text: 'No scrub or resilver is under way.',
    about: every,
    questions: () => [{ kind: 'pools', pool: null }],
    look: ({ pools }) =>
      none(
        pools?.flatMap(({ name, scan }) =>
          scan === null ? [] : [`A ${scan.kind} of ${name} runs${scan.progress === null ? '' : ` (${scan.progress})`}`],
        ),
        'None is under way.',
      ),
    advice: 'Let it end: a pool that resilvers has lost its redundancy.',
    ifKnown: ['generic', 'proxmox'],
  },
  'pools.health': {
    text: 'Every pool is online.',
    about: every,
    questions: () => [{ kind: 'pools', pool: null }],
    look: ({ pools }) =>
      none(
        pools?.flatMap(({ name, state }) => (state === 'ONLINE' ? [] : [`${name} is ${state}`])),
        'Every pool is online.',
      ),
    advice: 'Look at zpool status before anything is taken from it.',
    ifKnown: ['generic', 'proxmox'],
  },
  'datasets.holds': {
    text: 'Snapshots and holds are known.',
    about: /^zfs/,
    questions: () => [],
    look: ({ datasetDetails }) => {
      const all = Object.values(datasetDetails ?? {}).flat()
      if (datasetDetails === undefined) return null
      const snapshots = all.filter(({ type }) => type === 'snapshot')
      return none(
        snapshots.filter(({ holds }) => holds > 0).map(({ name, holds }) => `${name} is held by ${holds}`),
        `${snapshots.length} snapshots, none is held.`,
      )
    },
    advice: 'Somebody holds it for a reason: zfs holds NAME.',
  },
  'datasets.dependants': {
    text: 'Nothing depends on the dataset.',
    about: /^zfs/,
    questions: () => [],
    look: ({ datasetDetails }) =>
      none(
        datasetDetails === undefined
          ? undefined
          : Object.values(datasetDetails)
              .flat()
              .flatMap(({ name, clones }) => clones.map((clone) => `${clone} is a clone of ${name}`)),
        'It has no clones.',
      ),
    advice: 'Promote the clone first: zfs promote NAME.',
  },
}
