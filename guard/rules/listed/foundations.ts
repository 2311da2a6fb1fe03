import type { Row } from './row.ts'

const shrinks = 'What lies behind the new end is cut off.'
const back = 'What was written since then is gone.'
const renamed = 'What is mounted by that name is not found the next time.'

/** What guests, clusters and clouds stand on, by the rarer words of their tools. */
export const foundationRows: readonly Row[] = [
  { action: 'zfs_pool_destroy', of: 'zpool', words: /--rewind-to-checkpoint\b/, because: back },
  {
    action: 'zfs_dataset_destroy',
    of: 'zfs',
    words: /^set sync=disabled\b|^allow (-\S+ )*(-e|everyone)\b.*\b(destroy|rollback|mount|receive)\b/,
    because: 'What was written may be lost, or anybody may destroy it.',
  },
  {
    action: 'volume_group_remove',
    of: 'btrfs',
    words: /^(filesystem|fi|f) resize (\d+:)?(-\d|\d+(\.\d+)?[kmgtKMGT]?\s)|^property set .*\bro true\b/,
    unless: /^property set \S*(snap|@)/,
    because: shrinks,
  },
  { action: 'volume_group_remove', of: 'vgrename', words: /^(?!-t)\S/, because: renamed },
  { action: 'volume_group_remove', of: 'pvresize', words: /--setphysicalvolumesize\b/, because: shrinks },
  {
    action: 'array_stop',
    of: 'mdadm',
    words: /(^|\s)(-o|--readonly)(\s|$)/,
    because: 'Nothing that runs there can write any more.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'qemu-img',
    words: /^snapshot\b.*\s-[ad]\s|^resize\b.*(--shrink\b|\s-\d)|^commit\b|^rebase\b.*\s-u\b/,
    because: back,
  },
  { action: 'virtual_machine_destroy', of: 'qm', words: /^(disk )?resize \d+ \S+ -\d/, because: shrinks },
  {
    action: 'bulk_permission_change',
    of: 'kubectl oc',
    words: /\bcreate clusterrolebinding\b.*--clusterrole[ =](cluster-admin|admin|edit)\b.*--(user|group)[ =]/,
    unless: /--dry-run/,
    because: 'It makes somebody the owner of the whole cluster.',
  },
  {
    action: 'configuration_reset',
    of: 'kubectl oc',
    words:
      /^(-\S+ \S+ )*delete (validating|mutating)(webhook|admission)\w*\b|^(-\S+ \S+ )*delete (networkpolic\w+|netpol|podsecuritypolic\w+|psp|clusterpolic\w+)\b/i,
    unless: /--dry-run/,
    because: 'Nothing holds what runs there to what it may do any more.',
  },
  {
    action: 'container_bulk_remove',
    of: 'velero',
    words: /^restore create\b.*--existing-resource-policy[ =]update\b/,
    because: back,
  },
  {
    action: 'service_bulk_disable',
    of: 'corosync-cfgtool',
    words: /(^|\s)-[HkR](\s|$)/,
    because: 'The cluster ends, or loses a member.',
  },
  {
    action: 'configuration_reset',
    of: 'aws awslocal',
    words:
      /\bput-bucket-versioning\b.*Status=Suspended|\bchange-resource-record-sets\b.*"?Action"?\s*[:=]\s*"?DELETE|--no-(disable-api-termination|deletion-protection\w*|termination-protection)\b|\bdisable-(alarm-actions|rule|security-hub|macie|config-rule)\b|\bput-bucket-policy\b.*"Principal"\s*:\s*"\*"/i,
    because: 'It takes away what holds a loss off, or a name of the network.',
  },
]
