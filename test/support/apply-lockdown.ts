import { execFileSync } from 'node:child_process'
import { parseFacts, readFacts } from '../../commands/facts.ts'
import { inspectForLockdown, parseLockdownFacts } from '../../commands/lockdown-facts.ts'
import { quote } from '../../commands/shell.ts'
import type { Image, LabHost } from '../../lab/index.ts'
import { lockdownQuestions, type LockdownRequestOn } from '../../plans/lockdown-wish.ts'
import { planLockdown, type LockdownPlan } from '../../plans/lockdown.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import type { Command } from '../../schema/command.ts'
import { LockdownSettings } from '../../schema/lockdown.ts'
import type { HostKey } from '../../schema/server.ts'
import { expectLogin } from './expect.ts'
import { bootWith } from './lab.ts'

/** Facts and plan of a lockdown of a real host. It is asked over SSH, as the application user with sudo: where we come from is a fact. */
export async function lockdownFor(
  host: LabHost,
  given: { readonly settings?: unknown; readonly port?: number; readonly pinned?: readonly HostKey[] },
  operationId: string,
): Promise<LockdownPlan> {
  const login = { ...host, port: given.port ?? host.port, user: 'app' }
  const read = async (command: Command) => expectLogin(login, `sudo -n sh -c ${quote(command.script)}`)
  const request: LockdownRequestOn = {
    facts: parseFacts(await read(readFacts())),
    server: {
      app: { user: 'app', authentication: { method: 'agent' } },
      port: login.port,
      hostKeys: [...(given.pinned ?? host.hostKeys)],
    },
    settings: LockdownSettings.parse(given.settings ?? {}),
  }
  const questions = lockdownQuestions(request)
  const inspected = parseLockdownFacts(await read(inspectForLockdown(questions)), questions)
  return planLockdown({ ...request, inspected, operationId })
}

export type Given = Parameters<typeof lockdownFor>[1]

export async function plan(host: LabHost, operationId: string, given: Given = {}): Promise<PlanDraft> {
  const answer = await lockdownFor(host, given, operationId)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join('\n'))
  return { ...answer.plan, cuts: answer.cuts }
}

export async function problems(host: LabHost, given: Given = {}): Promise<readonly string[]> {
  const answer = await lockdownFor(host, given, 'never')
  return answer.kind === 'impossible' ? answer.problems : []
}

export const said = async (host: LabHost, script: string): Promise<string> => (await host.sh(script)).stdout

/** What setup leaves behind, as far as lockdown builds on it. */
const prepared = `useradd -m -s /bin/bash app && mkdir -m 700 ~app/.ssh && cp ~/.ssh/authorized_keys ~app/.ssh/
chown -R app:app ~app/.ssh; echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app; chmod 440 /etc/sudoers.d/app`

export async function bootPrepared(name: string, image: Image = 'bookworm', packages: string[] = []): Promise<LabHost> {
  const host = await bootWith(packages, { name, image })
  await said(host, prepared)
  return host
}

export type Way = { readonly here: string; readonly host: string }

/** A way by IPv6, which the lab does not lay: an address at either end of the host's cable, in a network of that cable's own. */
export async function layIpv6(host: LabHost): Promise<Way> {
  // The one before each part keeps a zero away, which would have a second spelling.
  const [, , third, fourth] = host.address.split('.')
  const network = `fd77:1${third}:1${fourth}:`
  const way = { here: `${network}:1`, host: `${network}:2` }
  const route = execFileSync('ip', ['-o', 'route', 'get', host.address], { encoding: 'utf8' })
  const device = / dev (\S+)/.exec(route)?.[1] ?? ''
  execFileSync('ip', ['address', 'replace', `${way.here}/64`, 'dev', device, 'nodad'])
  await said(host, `ip address replace ${way.host}/64 dev host0 nodad`)
  return way
}

/** A listener that a firewall is to close, on every address of both families. */
export const listen = (port: number): string =>
  `systemd-run --quiet --unit=listener-${port} systemd-socket-activate --listen=${port} --accept true
  timeout 20 sh -c 'until ss -Hltn "sport = :${port}" | grep -q .; do sleep 0.1; done'`
