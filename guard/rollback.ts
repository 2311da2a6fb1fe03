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
  return {
    text: [...new Set(made.map(({ text }) => text))].join(' '),
    command: made.flatMap(({ command }) => (command === '' ? [] : [command])).join('\n'),
    saved: made.some(({ saved }) => saved),
  }
}

/** The command of a plan, for the operation that it takes back. */
export const rollbackCommand = ({ command, saved }: RollbackPlan, operationId: string): string =>
  [command, ...(saved ? [`sh ${wayBack(operationId)}`] : [])].filter((part) => part !== '').join('\n')

/** Where the host keeps what puts the state back that it had before an operation. */
export const wayBack = (operationId: string): string => `/var/lib/drydock/reverts/${operationId}/put-back`

/** Programs that change rules, addresses and routes at once: what was there is known only to the host. */
const ofNetwork =
  /^(x?ip6?tables(-\w+)*|nft|ufw|firewall-cmd|ip|ifconfig|route|ifdown|nmcli|networkctl|systemctl|service|sh)$/

const restoreNetwork: RollbackPlan = {
  text: 'The host saves its firewall, addresses and routes first, restores them by itself where no new log-in gets through afterwards, and can put them back later.',
  command: '',
  saved: true,
}

function planFor(found: Found, { items, isEstimate }: Extent, answers: HostAnswers | undefined): RollbackPlan | null {
  const { rule, match, call } = found
  if (match.rollback === true && areNames(match.targets)) {
    if (rule.action === 'user_removal') return unlockUsers(match.targets)
    if (rule.action === 'zfs_pool_destroy') return importPools(match.targets)
  }
  if (/^(firewall_flush|network_interface_down|ssh_access_removal)$/.test(rule.action))
    return call !== null && call.place === 'host' && ofNetwork.test(call.name) && !stopsTheDoor(call.name, found)
      ? restoreNetwork
      : null
  if (isEstimate || !areNames(items) || match.rollback === false) return null
  if (rule.action === 'container_bulk_stop')
    return startContainers(inOrder(items, containerNeeds(answers?.containers?.details)))
  if (rule.action === 'service_bulk_disable')
    return startServices(items, call?.args.some(({ text }) => text === 'disable') === true)
  return rule.action === 'virtual_machine_destroy' && match.rollback === true ? startGuests(answers) : null
}

/** sshd itself is no part of what is saved. */
const stopsTheDoor = (name: string, { rule }: Found): boolean =>
  rule.action === 'ssh_access_removal' && /^(systemctl|service|sh)$/.test(name)

const areNames = (items: readonly string[]): boolean =>
  items.length > 0 && items.length <= maxNames && items.every((item) => plain.test(item.split(' ')[0] ?? ''))

/** What others need is started first; the command fails where one of them does not run afterwards. */
const startContainers = (names: readonly string[]): RollbackPlan => ({
  text: `Start ${names.length === 1 ? 'the container' : `the same ${names.length} containers`} again, what others need first: ${names.slice(0, 10).join(', ')}.`,
  command: `docker start ${names.join(' ')} && test "$(docker inspect --format '{{.State.Running}}' ${names.join(' ')} | sort -u)" = true`,
  saved: false,
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
    saved: false,
  }
}

const unlockUsers = (names: readonly string[]): RollbackPlan => ({
  text: `Unlock ${names.join(', ')} again.`,
  command: names.map((name) => `usermod --unlock ${name}`).join(' && '),
  saved: false,
})

/** An exported pool is whole: it comes back by its name. */
const importPools = (names: readonly string[]): RollbackPlan => ({
  text: `Import ${names.join(', ')} again.`,
  command: names
    .map((name) => `zpool import ${name} && zpool list -H -o health ${name} | grep -qx ONLINE`)
    .join(' && '),
  saved: false,
})

/** Those that run now; a machine of qemu and a container of LXC have tools of their own. */
function startGuests(answers: HostAnswers | undefined): RollbackPlan | null {
  const running = answers?.guestDetails?.filter((guest) => guest.running) ?? []
  if (running.length === 0 || running.some(({ tool }) => tool === null)) return null
  return {
    text: `Start the same ${running.length} guests again.`,
    command: running.map(({ id, tool }) => `${tool ?? 'qm'} start ${id}`).join(' && '),
    saved: false,
  }
}
