import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

export const zfsDatasetDestroy: Rule = {
  action: 'zfs_dataset_destroy',
  programs: ['zfs', 'btrfs'],
  match(call) {
    const [verb, ...words] = call.args
    const options = readOptions(words, { short: 'oto' })
    const targets = options.rest.map((arg) => readable(arg.text))
    if (call.name === 'btrfs') {
      const what = call.args.map((arg) => arg.text).join(' ')
      return /^sub\w* del\w*/.test(what)
        ? { because: 'It deletes a subvolume and what is in it.', targets: targets.slice(1) }
        : /^dev\w* (remove|delete)/.test(what)
          ? { because: 'It takes a disk out of a file system.', targets: targets.slice(1) }
          : null
    }
    if (verb?.text === 'destroy') {
      if (hasAny(options, 'n')) return null
      const recursive = hasAny(options, 'r', 'R')
      const target = targets[0] ?? ''
      const oneSnapshot = /@[\w.:-]+$/.test(target) && !recursive
      return {
        because: recursive ? 'It destroys a dataset with everything below it.' : 'It destroys a dataset or snapshot.',
        targets: call.open === null ? targets : [...targets, readable(call.open.text)],
        ...(oneSnapshot && call.open === null ? { risk: 'low' as const, count: 1 } : {}),
      }
    }
    if (verb?.text === 'rollback')
      return hasAny(options, 'r', 'R', 'f')
        ? { because: 'It goes back to a snapshot and destroys what came after it.', targets }
        : null
    if (verb?.text === 'recv' || verb?.text === 'receive')
      return hasAny(options, 'F')
        ? { because: 'It overwrites a dataset and the snapshots that its source does not have.', targets }
        : null
    return null
  },
  act: ({ targets }) => `destroy ${targets[0] ?? 'these datasets'}`,
  risk: 'high',
  things: 'datasets and snapshots',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Rename the dataset out of the way and destroy it later.',
      command: `zfs rename ${targets[0] ?? 'POOL/DATASET'} ${targets[0] ?? 'POOL/DATASET'}-unused`,
    },
    { text: 'See first what would go.', command: `zfs destroy -nvr ${targets[0] ?? 'POOL/DATASET'}` },
  ],
  questions: (targets) =>
    targets
      .slice(0, 1)
      .filter((root) => !/[$…*]/.test(root))
      .map((root) => ({ kind: 'datasets' as const, root })),
  counted: (answers, targets) => {
    const found = answers.datasets?.[targets[0] ?? '']
    return found === undefined ? null : { items: found }
  },
  examples: [
    'zfs destroy -r tank/data',
    'zfs destroy -R tank/data@old',
    'zfs destroy tank/data',
    'zfs rollback -r tank/data@monday',
    'zfs list -H -t snapshot -o name | xargs -n1 zfs destroy',
    'btrfs subvolume delete /srv/data',
  ],
  nearMisses: [
    'zfs list -t snapshot',
    'zfs snapshot tank/data@monday',
    'zfs destroy -nv tank/data@monday',
    'zfs get all tank/data',
    'zfs rollback tank/data@monday',
    'zfs rename tank/a tank/b',
  ],
}
