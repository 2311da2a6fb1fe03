import { z } from 'zod'

export const Risk = z.enum(['low', 'medium', 'high', 'critical'])
export type Risk = z.infer<typeof Risk>

const order: Record<Risk, number> = { low: 0, medium: 1, high: 2, critical: 3 }
export const isAtLeast = (risk: Risk, floor: Risk): boolean => order[risk] >= order[floor]
export const higherRisk = (a: Risk, b: Risk): Risk => (order[a] >= order[b] ? a : b)

/** What a command would destroy. `opaque` is what cannot be read: it asks, it is never safe. */
export const ActionType = z.enum([
  'container_bulk_stop',
  'container_bulk_remove',
  'service_bulk_disable',
  'filesystem_bulk_delete',
  'zfs_pool_destroy',
  'zfs_dataset_destroy',
  'system_reboot',
  'system_shutdown',
  'configuration_reset',
  'volume_or_image_prune',
  'disk_format',
  'raw_device_write',
  'volume_group_remove',
  'package_bulk_remove',
  'user_removal',
  'firewall_flush',
  'ssh_access_removal',
  'network_interface_down',
  'virtual_machine_destroy',
  'array_stop',
  'bulk_permission_change',
  'bulk_process_kill',
  'database_drop',
  'wsl_unregister',
  'opaque',
])
export type ActionType = z.infer<typeof ActionType>

/** One destructive act found in a command. */
export const Finding = z.object({
  action: ActionType,
  /** The words that do it, as they would run. */
  words: z.string(),
  /** Why this was found, in a sentence. */
  because: z.string(),
  /** Named things it would hit, as far as the text says. */
  targets: z.array(z.string()),
})
export type Finding = z.infer<typeof Finding>

export const ChecklistItem = z.object({
  id: z.string(),
  text: z.string(),
  critical: z.boolean(),
  /** What the product found when it could check by itself. */
  result: z.enum(['passed', 'failed', 'unchecked']),
  detail: z.string().nullable(),
})
export type ChecklistItem = z.infer<typeof ChecklistItem>

export const Alternative = z.object({
  text: z.string(),
  command: z.string().nullable(),
  /** An alternative that is itself guarded says so. */
  guarded: z.boolean(),
})
export type Alternative = z.infer<typeof Alternative>

/** What the host itself says about its kind of device, with advice where it speaks against the act (GUARD-23). */
export const DeviceCheck = z.object({
  text: z.string(),
  result: z.enum(['passed', 'failed', 'unchecked']),
  detail: z.string().nullable().default(null),
})
export type DeviceCheck = z.infer<typeof DeviceCheck>

/**
 * `command` can be started as an operation of its own; it ends in failure where what it brings back is not there.
 * `saved`: the host saves the state of its network before the act, and puts that back as well.
 */
export const RollbackPlan = z.object({ text: z.string(), command: z.string(), saved: z.boolean().default(false) })
export type RollbackPlan = z.infer<typeof RollbackPlan>

/** A bulk act that runs as batches once it is confirmed: `words` and the names of a batch are one command (GUARD-21). */
export const Split = z.object({
  kind: z.enum(['containers', 'units']),
  words: z.array(z.string()),
  batches: z.array(z.array(z.string())),
})
export type Split = z.infer<typeof Split>

/** What stands in the way of a command and what a person needs to decide (spec GUARD-10, 12). */
export const Assessment = z.object({
  verdict: z.enum(['allow', 'confirm', 'deny']),
  risk: Risk,
  findings: z.array(Finding),
  affectedCount: z.int().nullable(),
  /** An estimate is called one (GUARD-8). */
  countIsEstimate: z.boolean(),
  affectedItems: z.array(z.string()),
  dependencies: z.array(z.string()),
  downtime: z.string(),
  rollbackPossible: z.boolean(),
  phrase: z.string(),
  summary: z.string(),
  warnings: z.array(z.string()),
  alternatives: z.array(Alternative),
  checklist: z.array(ChecklistItem),
  deviceChecks: z.array(DeviceCheck),
  /** Whether the server is in production: critical acts there may need a second person (GUARD-34). */
  production: z.boolean().default(false),
  /** How the product itself would split a bulk act: names, batch by batch; empty where it stays within the limit (GUARD-21). */
  batches: z.array(z.array(z.string())).default([]),
  /** Set where it runs as batches once it is confirmed, by this list of names and no other. */
  split: Split.nullable().default(null),
  /** What brings back what is taken, made before anything runs; null where nothing can (GUARD-29). */
  rollback: RollbackPlan.nullable().default(null),
})
export type Assessment = z.infer<typeof Assessment>
