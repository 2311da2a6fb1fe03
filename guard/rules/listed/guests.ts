import type { Row } from './row.ts'

const destroys = 'It destroys a guest, or what was kept of it.'
const ends = 'It takes the power from guests.'

/** Virtual machines and system containers, beside what the rule reads itself. */
export const guestRows: readonly Row[] = [
  {
    action: 'virtual_machine_destroy',
    of: 'lxc incus',
    words:
      /^(delete|rm|storage (volume )?delete|project delete|image delete|snapshot restore|restore|cluster remove|rebuild)\b(\s+(?<target>[\w:/-]+))?/,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'lxc incus',
    words: /^(stop|pause|restart)\b.*--all\b/,
    because: 'It stops every guest.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'lxc incus',
    words: /^(stop|pause)\b/,
    many: true,
    because: 'It stops whatever a list of guests holds.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'vzdump',
    words: /--prune-backups \S*keep-last=[01](?![\d,])|--maxfiles [01]\b/,
    because: 'It removes every older backup of the guests.',
  },
  { action: 'virtual_machine_destroy', of: 'qmrestore', words: /--force\b/, because: 'It overwrites a guest.' },
  { action: 'virtual_machine_destroy', of: 'pct', words: /^restore\b.*--?force\b/, because: 'It overwrites a guest.' },
  {
    action: 'virtual_machine_destroy',
    of: 'qm',
    words: /^(disk )?unlink\b.*--?force\b|^template\b/,
    because: 'It removes a disk of a guest, or its use.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'qm pct',
    words: /^(delsnapshot|disk (unlink|resize)|set\b.*--?delete)\b/,
    many: true,
    because: 'It removes whatever a list of guests holds.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'virsh',
    words:
      /\b(snapshot-delete|managedsave-remove|checkpoint-delete|vol-wipe|net-undefine|blockpull)\b.*(--children|--metadata)?/,
    many: true,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'virsh',
    words: /(^|\s)snapshot-delete\b.*--children/,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'virsh',
    words: /(^|\s)(destroy|undefine|vol-delete|pool-delete)(\s|$)/,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'VBoxManage vboxmanage',
    words: /^snapshot \S+ (restore|restorecurrent|delete\b.*--all)\b/,
    because: 'It throws away what a guest did since a snapshot.',
  },
  { action: 'virtual_machine_destroy', of: 'esxcli', words: /\bvm process kill\b/, because: ends },
  {
    action: 'virtual_machine_destroy',
    of: 'machinectl',
    words: /^(poweroff|stop|reboot|kill)(\s+\S+){3}/,
    because: ends,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'vmrun',
    words: /\b(deleteVM|deleteSnapshot|revertToSnapshot)\b/,
    because: destroys,
  },
  { action: 'virtual_machine_destroy', of: 'vmrun', words: /\bstop\b/, many: true, because: ends },
  {
    action: 'virtual_machine_destroy',
    of: 'tart limactl colima podman-machine orb utmctl',
    words: /^(delete|rm|remove|factory-reset)\b/,
    because: destroys,
  },
  { action: 'virtual_machine_destroy', of: 'docker', words: /^machine rm\b/, because: destroys },
  { action: 'virtual_machine_destroy', of: 'docker-machine', words: /^(rm|kill)\b/, because: destroys },
  {
    action: 'virtual_machine_destroy',
    of: 'ha-manager',
    words: /^(remove|crm-command stop)\b/,
    because: 'It takes a guest out of high availability, or stops it.',
  },
  { action: 'virtual_machine_destroy', of: 'cloudstack cmk', words: /\b(destroy|expunge)\b/, because: destroys },
  {
    action: 'virtual_machine_destroy',
    of: 'onevm',
    words: /^(terminate|delete|undeploy|recover --delete)\b/,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'vm bhyvectl iocage bastille jail',
    words: /^(destroy|--destroy|-r)\b/,
    because: destroys,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'vzctl',
    words: /(^|\s)(destroy|delete)\b/,
    because: 'It destroys a guest with its disks.',
  },
]
