import { isOpen } from '../commands/firewall-rule.ts'
import { isLocalOnly } from '../commands/ss.ts'
import { isMentioned } from '../commands/ufw-rules.ts'
import type { LockdownSituation, LockdownWish } from './lockdown-wish.ts'

/** Access that somebody has today and loses by it (spec LOCK-14). */
export const findCuts = (situation: LockdownSituation, wanted: LockdownWish): string[] => [
  ...ofPasswords(situation),
  ...ofOpenPorts(situation, wanted),
  ...ofPublishedPorts(situation, wanted),
  ...ofWaysOnward(situation),
  ...wanted.off
    .filter((unit) => situation.inspected.units.get(unit)?.active === 'active')
    .map((unit) => `${unit} runs and is stopped`),
]

const ofPasswords = ({ inspected }: LockdownSituation): string[] =>
  inspected.sshd.now.app.get('passwordauthentication')?.includes('no') === true
    ? []
    : inspected.passwordAccounts
        .filter(({ hasKeys }) => !hasKeys)
        .map(({ user }) => `${user} has a password and no key: it cannot log in over SSH any more`)

/** Who is reached through this server loses its way with forwarding, or with the log-in that it takes here. */
function ofWaysOnward({ onward = [], settings, inspected: { sshd } }: LockdownSituation): string[] {
  const [now = 'yes'] = sshd.now.app.get('allowtcpforwarding') ?? []
  const wasOpen = now === 'yes' || now === 'local' || now === 'all'
  const staysOpen = settings.ssh.tcpForwarding === 'yes' || settings.ssh.tcpForwarding === 'local'
  return onward.flatMap(({ name, jump }) => {
    if (jump === undefined) return []
    if (wasOpen && !staysOpen)
      return [`${name} is reached through this server and would not be any more: set ssh.tcp_forwarding to "local"`]
    if (jump.login.user === 'root' && sshd.now.root.get('permitrootlogin')?.includes('no') !== true)
      return [`${name} is reached through this server as root, who is refused: give its jump host another user`]
    const isPassword = jump.login.authentication.method === 'password'
    return isPassword && sshd.now.app.get('passwordauthentication')?.includes('no') !== true
      ? [`${name} is reached through this server by a password, which is refused: give its jump host a key`]
      : []
  })
}

/** Ports by which a host asks others for its addresses. */
const answers = new Set([68, 546])

function ofOpenPorts({ inspected }: LockdownSituation, { firewall, rules, sshPorts }: LockdownWish): string[] {
  if (firewall === null) return []
  const { ufw, firewalld, opened, dropsByDefault } = inspected.firewall
  const isClosedNow = ufw?.active === true || firewalld?.running === true || (firewall === 'nftables' && dropsByDefault)
  const reachable = inspected.listening.filter(
    (socket) =>
      !isLocalOnly(socket) &&
      !answers.has(socket.port) &&
      !(socket.protocol === 'tcp' && sshPorts.includes(socket.port)),
  )
  const closing = reachable.filter(({ port, protocol }) => {
    const stays =
      isOpen(rules, port, protocol) ||
      isOpen(opened, port, protocol) ||
      (ufw !== null && isMentioned(ufw.rules, port, protocol)) ||
      firewalld?.ports.includes(`${port}/${protocol}`) === true
    return !stays && !isClosedNow
  })
  const names = new Map(closing.map(({ port, protocol, program }) => [`${port}/${protocol}`, program]))
  return [...names].map(
    ([port, program]) => `${port} is in use${program === null ? '' : ` by ${program}`} and is closed`,
  )
}

function ofPublishedPorts({ inspected }: LockdownSituation, { guardsContainers, rules }: LockdownWish): string[] {
  if (!guardsContainers || inspected.units.get('drydock-containers.service')?.active === 'active') return []
  return inspected.firewall.containers.published
    .filter(({ port, protocol }) => !isOpen(rules, port, protocol))
    .map(({ port, protocol }) => `${port}/${protocol} is published by a container and is closed`)
}
