import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

export const volumeGroupRemove: Rule = {
  action: 'volume_group_remove',
  programs: [
    'vgremove',
    'lvremove',
    'pvremove',
    'lvreduce',
    'lvresize',
    'vgreduce',
    'lvconvert',
    'vgchange',
    'lvchange',
    'lvm',
    'dmsetup',
    'mdadm',
    'losetup',
    'pvesm',
    'ceph',
    'rbd',
    'rados',
    'gluster',
    'multipath',
    'targetcli',
    'drbdadm',
    'cinder',
  ],
  match(call) {
    const [first, ...more] = call.args
    const inner = call.name === 'lvm' && first !== undefined ? { ...call, name: first.text, args: more } : call
    const options = readOptions(inner.args, { short: 'Ll', long: ['size', 'extents'] })
    const words = options.rest.map((arg) => readable(arg.text))
    if (hasAny(options, 't', 'test') || inner.name === 'lvm') return null
    const found = (because: string, targets: readonly string[] = words) => ({ because, targets })
    const size = options.values.get('L')?.[0]?.text ?? options.values.get('size')?.[0]?.text ?? ''
    const text = words.join(' ')
    switch (inner.name) {
      case 'vgremove':
      case 'lvremove':
      case 'pvremove':
      case 'vgreduce':
        return found('It removes volumes with what is on them.')
      case 'lvreduce':
        return found('It makes a volume smaller than its file system may be.')
      case 'lvresize':
        return size.startsWith('-') ? found('It makes a volume smaller than its file system may be.') : null
      case 'lvconvert':
        return hasAny(options, 'merge', 'uncache', 'splitmirrors')
          ? found('It turns a volume back or takes a part of it away.')
          : null
      case 'vgchange':
      case 'lvchange':
        return /-an|-a n|--activate n/.test(inner.args.map((arg) => arg.text).join(' '))
          ? found('It takes volumes out of use.')
          : null
      case 'dmsetup':
        return /^(remove|remove_all|wipe_table|clear)$/.test(words[0] ?? '')
          ? found('It removes mapped devices under what uses them.', words.slice(1))
          : null
      case 'mdadm':
        return hasAny(options, 'zero-superblock', 'remove', 'fail', 'r', 'f', 'set-faulty') &&
          !hasAny(options, 'detail', 'D')
          ? found('It takes a disk out of an array, or its mark from a disk.')
          : null
      case 'losetup':
        return hasAny(options, 'D') ? found('It detaches every loop device.') : null
      case 'pvesm':
        return /^(remove|free)$/.test(words[0] ?? '')
          ? found('It removes storage or a volume on it.', words.slice(1))
          : null
      case 'ceph':
        return /\b(osd (purge|destroy|rm|out|lost)|osd pool (delete|rm)|fs rm|mon rm)\b/.test(text)
          ? found('It takes storage out of the cluster.')
          : null
      case 'rbd':
        return /^(rm|remove|snap purge|snap rm|snap rollback|trash purge)/.test(text)
          ? found('It removes a volume of the cluster.', words.slice(1))
          : null
      case 'rados':
        return /^(rmpool|purge)/.test(text) ? found('It removes a pool of the cluster.', words.slice(1)) : null
      case 'gluster':
        return /^volume (delete|stop|remove-brick|reset)/.test(text)
          ? found('It removes or stops a volume of the cluster.', words.slice(2))
          : null
      case 'drbdadm':
        return /^(wipe-md|invalidate|create-md|detach)/.test(text)
          ? found('It throws a replica away.', words.slice(1))
          : null
      default:
        return null
    }
  },
  act: ({ targets }) => `remove ${targets.length === 0 ? 'these volumes' : targets.slice(0, 4).join(', ')}`,
  risk: 'critical',
  things: 'volumes',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Take a snapshot first.',
      command: `lvcreate --snapshot --size 5G --name before ${targets[0] ?? 'GROUP/VOLUME'}`,
    },
    {
      text: 'Rename it out of the way and remove it later.',
      command: `lvrename ${targets[0] ?? 'GROUP/VOLUME'} unused`,
    },
  ],
  examples: [
    'vgremove -f data',
    'lvremove -y /dev/data/db',
    'pvremove --force --force /dev/sdb',
    'lvreduce -L 5G data/db',
    'mdadm --zero-superblock /dev/sdb',
    'lvm vgremove data',
    'dmsetup remove_all',
    'vgreduce --removemissing data',
    'lvresize -L -10G data/db',
    'ceph osd pool delete data data --yes-i-really-really-mean-it',
  ],
  nearMisses: [
    'vgs',
    'lvs -o +devices',
    'lvextend -L +10G data/db',
    'lvresize -L +10G data/db',
    'mdadm --detail /dev/md0',
    'pvcreate --test /dev/sdb',
    'dmsetup ls',
    'lvcreate -L 5G -n logs data',
    'ceph osd tree',
  ],
}
