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

/** The rules that look at a program, and the words without which none of them finds anything; null where one may. */
type Index = { readonly rules: readonly Rule[]; readonly verbs: ReadonlySet<string> | null }

const redirected = Object.values(rules).filter((rule) => rule.redirected === true)
const inOrder = [...Object.values(rules).filter((rule) => rule.redirected !== true), ...redirected]

const byProgram = new Map<string, Index>()
for (const program of new Set(inOrder.flatMap((rule) => rule.programs))) {
  const asked = inOrder.filter((rule) => rule.programs.includes(program))
  const verbs = asked.map((rule) => rule.verbs?.[program])
  byProgram.set(program, {
    rules: asked,
    verbs: verbs.includes(undefined) ? null : new Set(verbs.flatMap((words) => words?.split(' ') ?? [])),
  })
}

const none: readonly Rule[] = []

/** The rules that a call may concern. */
export function rulesFor(call: Call): readonly Rule[] {
  const index = byProgram.get(call.name)
  if (call.redirects.length > 0)
    return index === undefined
      ? redirected
      : inOrder.filter((rule) => index.rules.includes(rule) || redirected.includes(rule))
  if (index === undefined) return none
  if (index.verbs !== null && isQuiet(call, index.verbs)) return none
  return index.rules
}

/** None of its words is a verb that matters, and none could be one on the host. */
const isQuiet = (call: Call, verbs: ReadonlySet<string>): boolean =>
  call.open === null && !call.args.some(({ text }) => verbs.has(text) || !oneKnownWord.test(text))

const oneKnownWord = /^[^\s\uE000-\uE003]*$/
