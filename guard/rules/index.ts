import type { ActionType } from '../../schema/guard.ts'
import type { Call } from '../reading/call.ts'
import { arrayStop } from './array-stop.ts'
import { bulkPermissionChange } from './bulk-permission-change.ts'
import { bulkProcessKill } from './bulk-process-kill.ts'
import { configurationReset } from './configuration-reset.ts'
import { containerBulkRemove } from './container-bulk-remove.ts'
import { containerBulkStop } from './container-bulk-stop.ts'
import { databaseDrop } from './database-drop.ts'
import { diskFormat } from './disk-format.ts'
import { filesystemBulkDelete } from './filesystem-bulk-delete.ts'
import { firewallFlush } from './firewall-flush.ts'
import { withRows } from './listed/index.ts'
import { networkInterfaceDown } from './network-interface-down.ts'
import { opaque } from './opaque.ts'
import { packageBulkRemove } from './package-bulk-remove.ts'
import { rawDeviceWrite } from './raw-device-write.ts'
import type { Rule } from './rule.ts'
import { serviceBulkDisable } from './service-bulk-disable.ts'
import { either, shows, signOf, type Sign } from './signs.ts'
import { sshAccessRemoval } from './ssh-access-removal.ts'
import { systemReboot } from './system-reboot.ts'
import { systemShutdown } from './system-shutdown.ts'
import { userRemoval } from './user-removal.ts'
import { virtualMachineDestroy } from './virtual-machine-destroy.ts'
import { volumeGroupRemove } from './volume-group-remove.ts'
import { volumeOrImagePrune } from './volume-or-image-prune.ts'
import { wslUnregister } from './wsl-unregister.ts'
import { zfsDatasetDestroy } from './zfs-dataset-destroy.ts'
import { zfsPoolDestroy } from './zfs-pool-destroy.ts'

const written: Readonly<Record<ActionType, Rule>> = {
  container_bulk_stop: containerBulkStop,
  container_bulk_remove: containerBulkRemove,
  service_bulk_disable: serviceBulkDisable,
  filesystem_bulk_delete: filesystemBulkDelete,
  zfs_pool_destroy: zfsPoolDestroy,
  zfs_dataset_destroy: zfsDatasetDestroy,
  system_reboot: systemReboot,
  system_shutdown: systemShutdown,
  configuration_reset: configurationReset,
  volume_or_image_prune: volumeOrImagePrune,
  disk_format: diskFormat,
  raw_device_write: rawDeviceWrite,
  volume_group_remove: volumeGroupRemove,
  package_bulk_remove: packageBulkRemove,
  user_removal: userRemoval,
  firewall_flush: firewallFlush,
  ssh_access_removal: sshAccessRemoval,
  network_interface_down: networkInterfaceDown,
  virtual_machine_destroy: virtualMachineDestroy,
  array_stop: arrayStop,
  bulk_permission_change: bulkPermissionChange,
  bulk_process_kill: bulkProcessKill,
  database_drop: databaseDrop,
  wsl_unregister: wslUnregister,
  opaque,
}

/** Every rule by what it finds. */
export const rules: Readonly<Record<ActionType, Rule>> = mapped(written)

function mapped(given: Readonly<Record<ActionType, Rule>>): Record<ActionType, Rule> {
  const made = { ...given }
  for (const rule of Object.values(given)) made[rule.action] = withRows(rule)
  return made
}

/** The rules that look at a program. */
type Index = {
  /** Each with what a word shows where it may be concerned; null: it looks at the program whatever that is told. */
  readonly signs: ReadonlyMap<Rule, Sign | null>
  readonly always: readonly Rule[]
  /** What any of the others needs. */
  readonly any: Sign
  /** All, with those that look at every call that sends its output to a file. */
  readonly sending: readonly Rule[]
}

const redirected = Object.values(rules).filter((rule) => rule.redirected === true)
const inOrder = [...Object.values(rules).filter((rule) => rule.redirected !== true), ...redirected]

const byProgram = new Map<string, Index>(
  [...new Set(inOrder.flatMap((rule) => [...rule.programs, ...(rule.listed?.keys() ?? [])]))].map((program) => [
    program,
    indexOf(program),
  ]),
)

function indexOf(program: string): Index {
  const asked = inOrder.filter((rule) => rule.programs.includes(program) || rule.listed?.has(program))
  const signs = new Map(asked.map((rule) => [rule, signOf(rule, program)]))
  return {
    signs,
    always: asked.filter((rule) => signs.get(rule) === null),
    any: either([...signs.values()].filter((sign) => sign !== null)),
    sending: inOrder.filter((rule) => rule.redirected === true || asked.includes(rule)),
  }
}

const none: readonly Rule[] = []

/** The rules that a call may concern. */
export function rulesFor(call: Call): readonly Rule[] {
  const index = byProgram.get(call.name)
  if (index === undefined) return call.redirects.length > 0 ? redirected : none
  if (call.redirects.length > 0) return index.sending
  return shows(index.any, call) ? shown(index, call) : index.always
}

function shown({ signs }: Index, call: Call): readonly Rule[] {
  const asked: Rule[] = []
  for (const [rule, sign] of signs) if (sign === null || shows(sign, call)) asked.push(rule)
  return asked
}
