import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

/** A pool on disks that are taken out to be kept elsewhere. */
const goesElsewhere =
  /back-?up|bkp|bak|usb|ext(ern)?|off-?site|cold|vault|portable|removable|rotat|archive|old|te?st|tmp/i

export const zfsPoolDestroy: Rule = {
  action: 'zfs_pool_destroy',
  programs: ['zpool'],
  match(call) {
    const [verb, ...words] = call.args
    const options = readOptions(words, { short: 'oORt' })
    const targets = options.rest.map((arg) => readable(arg.text))
    switch (verb?.text ?? '') {
      case 'destroy':
        return { because: 'It destroys a pool with every dataset and snapshot in it.', targets }
      case 'labelclear':
        return { because: 'It wipes the label by which a disk belongs to its pool.', targets }
      case 'create':
        return hasAny(options, 'f') ? { because: 'It takes disks for a new pool, whatever is on them.', targets } : null
      case 'remove':
      case 'detach':
      case 'split':
        return { because: 'It takes a disk out of a pool.', targets, risk: 'high' }
      case 'offline':
        return targets.length > 2 || hasAny(options, 'f')
          ? { because: 'It takes disks of a pool out of use.', targets, risk: 'high' }
          : null
      case 'export':
        if (hasAny(options, 'f', 'a'))
          return { because: 'It forces pools out of use.', targets, risk: 'high', rollback: true }
        return targets.every((pool) => goesElsewhere.test(pool))
          ? null
          : { because: 'What is in the pool cannot be reached any more.', targets, risk: 'medium', rollback: true }
      default:
        return null
    }
  },
  act: ({ targets }) => `destroy pool ${targets[0] ?? 'without a name'}`,
  risk: 'critical',
  things: 'datasets',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Export the pool: it stays whole and can be imported again.',
      command: `zpool export ${targets[0] ?? 'POOL'}`,
    },
    {
      text: 'Take a recursive snapshot first and send it elsewhere.',
      command: `zfs snapshot -r ${targets[0] ?? 'POOL'}@before`,
    },
  ],
  questions: (targets) => targets.slice(0, 1).map((root) => ({ kind: 'datasets' as const, root })),
  counted: (answers, targets) => {
    const found = answers.datasets?.[targets[0] ?? '']
    return found === undefined ? null : { items: found }
  },
  examples: [
    'zpool destroy tank',
    'zpool destroy -f tank',
    'sudo /sbin/zpool destroy tank',
    'zpool labelclear -f /dev/sdb',
    'zpool create -f tank /dev/sdb',
    'zpool detach tank sdb',
    'zpool export tank',
  ],
  nearMisses: [
    'zpool status tank',
    'zpool list -H',
    'zpool scrub tank',
    'zpool export usb-backup',
    'zpool import tank',
    'zpool iostat -v 1 3',
  ],
}
