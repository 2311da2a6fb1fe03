import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Match, Rule } from './rule.ts'

export const virtualMachineDestroy: Rule = {
  action: 'virtual_machine_destroy',
  programs: [
    'qm',
    'pct',
    'virsh',
    'VBoxManage',
    'vboxmanage',
    'vagrant',
    'multipass',
    'lxc-destroy',
    'lxc-stop',
    'machinectl',
    'pvesh',
    'xl',
    'xe',
    'govc',
    'vim-cmd',
    'qemu-img',
    'Remove-VM',
    'Stop-VM',
    'openstack',
    'pvenode',
    'limactl',
    'prlctl',
  ],
  match,
  act: ({ targets, count }) =>
    targets.length === 0
      ? count === null
        ? 'stop or destroy all guests'
        : `stop or destroy all ${count} guests`
      : `destroy guest ${targets.join(', ')}`,
  risk: 'high',
  things: 'guests',
  downtime: '30 minutes or more',
  rollback: false,
  advice: ({ targets }) => [
    { text: 'Take a backup of the guest first.', command: `vzdump ${targets[0] ?? 'ID'} --mode snapshot` },
    { text: 'Shut the guest down and keep it.', command: `qm shutdown ${targets[0] ?? 'ID'}` },
  ],
  questions: () => [{ kind: 'guests' }],
  counted: (answers, targets) =>
    targets.length === 0 && answers.guests !== undefined ? { items: answers.guests } : null,
  examples: [
    'qm destroy 100 --purge',
    'pct destroy 101',
    'virsh undefine web --remove-all-storage',
    'virsh destroy web',
    'for i in $(qm list | awk "{print \\$1}"); do qm stop $i; done',
    'VBoxManage unregistervm web --delete',
    'vagrant destroy -f',
    'qm list | awk "NR>1{print \\$1}" | xargs -n1 qm shutdown',
    'pvesh delete /nodes/pve/qemu/100',
    'multipass delete --all',
    'qm rollback 100 clean',
    'pvenode stopall',
  ],
  nearMisses: [
    'qm list',
    'qm start 100',
    'qm shutdown 100',
    'pct list',
    'virsh list --all',
    'virsh dominfo web',
    'vagrant up',
    'qm snapshot 100 before',
    'machinectl list',
    'qm config 100',
    'pct enter 101',
    'qm stop 100',
  ],
}

function match(call: Call): Match | null {
  const options = readOptions(call.args)
  const words = options.rest.map((arg) => readable(arg.text))
  const [verb = '', ...names] = words
  const text = call.args.map((arg) => arg.text).join(' ')
  const found = (because: string, targets: readonly string[] = names.slice(0, 1)): Match => ({ because, targets })
  const many = call.open !== null || call.repeated || options.rest.some((arg) => arg.outputOf !== undefined)
  const destroys = 'It destroys a guest with its disks.'
  switch (call.name) {
    case 'qm':
    case 'pct':
      if (/^(destroy|rollback|delsnapshot)$/.test(verb))
        return verb === 'delsnapshot'
          ? null
          : found(verb === 'rollback' ? 'It throws away what a guest did since a snapshot.' : destroys)
      return /^(stop|shutdown|reset|suspend)$/.test(verb) && many
        ? { ...found('It stops whatever a list of guests holds.', []), rollback: true }
        : null
    case 'virsh':
      if (
        /^(undefine|destroy|vol-delete|vol-wipe|pool-delete|pool-destroy|snapshot-revert|net-destroy|pool-undefine)$/.test(
          verb,
        )
      )
        return found(verb === 'destroy' ? 'It takes the power from a guest.' : destroys)
      return /^(shutdown|reset)$/.test(verb) && many ? found('It stops whatever a list of guests holds.', []) : null
    case 'VBoxManage':
    case 'vboxmanage':
      return (/unregistervm/.test(text) && hasAny(options, 'delete', 'd')) ||
        /closemedium.*--delete|natnetwork remove/.test(text)
        ? found(destroys)
        : /controlvm \S+ poweroff/.test(text) && many
          ? found('It takes the power from guests.', [])
          : null
    case 'vagrant':
      return verb === 'destroy' ? found(destroys) : null
    case 'multipass':
    case 'limactl':
    case 'prlctl':
      return /^(delete|purge)$/.test(verb)
        ? found(destroys)
        : verb === 'stop' && hasAny(options, 'all')
          ? found('It stops every guest.', [])
          : null
    case 'lxc-destroy':
      return found(destroys, words)
    case 'lxc-stop':
      return many ? found('It stops whatever a list of guests holds.', []) : null
    case 'machinectl':
      return /^(remove|terminate|clean)$/.test(verb) ? found('It removes or ends a guest.') : null
    case 'pvesh':
      return verb === 'delete' && /\/(qemu|lxc|storage|pools)\//.test(text)
        ? found(destroys)
        : /create \/nodes\/\S+\/(stopall|status)/.test(text)
          ? found('It stops every guest.', [])
          : null
    case 'pvenode':
      return /^(stopall|migrateall)$/.test(verb) ? found('It stops or moves every guest.', []) : null
    case 'xl':
    case 'xe':
      return /^(destroy|vm-destroy|vm-uninstall|vdi-destroy|sr-destroy|sr-forget)$/.test(verb) ? found(destroys) : null
    case 'govc':
      return /^(vm\.destroy|datastore\.rm|host\.remove|pool\.destroy)$/.test(verb) ? found(destroys) : null
    case 'vim-cmd':
      return /vmsvc\/(destroy|unregister|power\.off)/.test(text) ? found(destroys) : null
    case 'openstack':
      return /\b(server|volume|stack|project|network) (delete|purge)\b/.test(text) ? found(destroys, []) : null
    case 'Remove-VM':
      return found(destroys, words)
    default:
      return null
  }
}
