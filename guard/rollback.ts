import type { RollbackPlan } from '../schema/guard.ts'
import type { HostAnswers } from '../schema/host-questions.ts'
import { containerNeeds, inOrder } from './dependencies.ts'
import type { Found } from './findings.ts'
import type { Extent } from './rate.ts'

/** Names that need no quoting in any shell, as the engines themselves demand them. */
const plain = /^[A-Za-z0-9][A-Za-z0-9@_.:-]*$/
const maxNames = 200

/**
 * What would bring back everything that these acts take, made from what the host said before they run (spec GUARD-29).
 * Null where one of them cannot be taken back, or nobody knows what it hits.
 */
export function rollbackFor(
  acts: readonly { readonly found: Found; readonly extent: Extent }[],
  answers: HostAnswers | undefined,
): RollbackPlan | null {
  const plans = acts.map(({ found, extent }) => planFor(found, extent, answers))
  const made = plans.flatMap((plan) => (plan === null ? [] : [plan]))
  if (made.length === 0 || made.length < plans.length) return null
  return { text: made.map(({ text }) => text).join(' '), command: made.map(({ command }) => command).join('\n') }
}

function planFor(found: Found, { items, isEstimate }: Extent, answers: HostAnswers | undefined): RollbackPlan | null {
  const { rule, match, call } = found
  if (match.rollback === true && areNames(match.targets)) {
    if (rule.action === 'user_removal') return unlockUsers(match.targets)
    if (rule.action === 'zfs_pool_destroy') return importPools(match.targets)
  }
  if (isEstimate || !areNames(items) || match.rollback === false) return null
  if (rule.action === 'container_bulk_stop')
    return startContainers(inOrder(items, containerNeeds(answers?.containers?.details)))
  if (rule.action === 'service_bulk_disable')
    return startServices(items, call?.args.some(({ text }) => text === 'disable') === true)
  return rule.action === 'virtual_machine_destroy' && match.rollback === true ? startGuests(answers) : null
}

const areNames = (items: readonly string[]): boolean =>
  items.length > 0 && items.length <= maxNames && items.every((item) => plain.test(item.split(' ')[0] ?? ''))

/** What others need is started first; the command fails where one of them does not run afterwards. */
const startContainers = (names: readonly string[]): RollbackPlan => ({
  text: `Start ${names.length === 1 ? 'the container' : `the same ${names.length} containers`} again, what others need first: ${names.slice(0, 10).join(', ')}.`,
  command: `docker start ${names.join(' ')} && test "$(docker inspect --format '{{.State.Running}}' ${names.join(' ')} | sort -u)" = true`,
})

function startServices(units: readonly string[], wereEnabled: boolean): RollbackPlan {
  const names = units.join(' ')
  return {
    text: `${wereEnabled ? 'Enable and start' : 'Start'} the same ${units.length} services again.`,
    command: [
      `systemctl unmask -- ${names}`,
      ...(wereEnabled ? [`systemctl enable -- ${names}`] : []),
      `systemctl start -- ${names} && systemctl is-active --quiet -- ${names}`,
    ].join('\n'),
  }
}

const unlockUsers = (names: readonly string[]): RollbackPlan => ({
  text: `Unlock ${names.join(', ')} again.`,
  command: names.map((name) => `usermod --unlock ${name}`).join(' && '),
})

/** An exported pool is whole: it comes back by its name. */
const importPools = (names: readonly string[]): RollbackPlan => ({
  text: `Import ${names.join(', ')} again.`,
  command: names
    .map((name) => `zpool import ${name} && zpool list -H -o health ${name} | grep -qx ONLINE`)
    .join(' && '),
})

/** Those that run now; a machine of qemu and a container of LXC have tools of their own. */
function startGuests(answers: HostAnswers | undefined): RollbackPlan | null {
  const running = answers?.guestDetails?.filter((guest) => guest.running) ?? []
  if (running.length === 0 || running.some(({ tool }) => tool === null)) return null
  return {
    text: `Start the same ${running.length} guests again.`,
    command: running.map(({ id, tool }) => `${tool ?? 'qm'} start ${id}`).join(' && '),
  }
}
