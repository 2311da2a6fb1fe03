import { jailKinds } from '../commands/jails.ts'
import { protections } from '../commands/kernel-parameters.ts'
import type { LockdownFacts, LockdownQuestions } from '../commands/lockdown-facts.ts'
import { hardening } from '../commands/sshd-drop-in.ts'
import type { HostFacts } from '../schema/facts.ts'
import type { LockdownSettings } from '../schema/lockdown.ts'
import type { Server } from '../schema/server.ts'

/** What is asked of which host. */
export type LockdownRequestOn = {
  readonly facts: HostFacts
  readonly server: Pick<Server, 'app' | 'port' | 'jump' | 'hostKeys'>
  readonly settings: LockdownSettings
}

/** All that a plan is made of: what is wanted, what was found, and for which operation. */
export type LockdownSituation = LockdownRequestOn & { readonly inspected: LockdownFacts; readonly operationId: string }

/** What `inspectForLockdown` has to ask of the host for a plan to be made. */
export function lockdownQuestions({ facts, server, settings }: LockdownRequestOn): LockdownQuestions {
  const user = server.app.user
  return {
    user,
    sshd: { user, ahead: hardening(settings.ssh, user) },
    files: [],
    logs: [...new Set(jailKinds.flatMap(({ logs }) => logs))],
    units: [...new Set(jailKinds.flatMap(({ units }) => units)), ...settings.services.disable],
    kernelParameters: protections.map(({ name }) => name),
    packages: [],
    packageTool: facts.packageTool,
  }
}
