import { parseFacts, readFacts } from '../../commands/facts.ts'
import { inspectForLockdown, parseLockdownFacts } from '../../commands/lockdown-facts.ts'
import { quote } from '../../commands/shell.ts'
import type { LabHost } from '../../lab/index.ts'
import { lockdownQuestions, type LockdownRequestOn } from '../../plans/lockdown-wish.ts'
import { planLockdown, type LockdownPlan } from '../../plans/lockdown.ts'
import type { Command } from '../../schema/command.ts'
import { LockdownSettings } from '../../schema/lockdown.ts'
import type { HostKey } from '../../schema/server.ts'
import { expectLogin } from './expect.ts'

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
