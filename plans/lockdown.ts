import { ufwKernelParameters } from '../commands/ufw-rules.ts'
import type { AutoRevert, PlanDraft, Step } from '../schema/plan.ts'
import { findCuts } from './lockdown-cuts.ts'
import { findProblems, findWarnings } from './lockdown-findings.ts'
import { setFirewall, touchedByFirewall } from './lockdown-firewall.ts'
import { banAttackers, bringPackages, protectKernel, turnServicesOff, updateByItself } from './lockdown-measures.ts'
import { hardenSshd, sshdWish } from './lockdown-sshd.ts'
import { wish, type LockdownSituation, type LockdownWish } from './lockdown-wish.ts'

/**
 * `impossible` names everything that stands in the way; nothing has been changed then. `cuts` names the access that
 * somebody has today and loses: it needs a confirmation, however harmless the commands are (spec LOCK-14).
 */
export type LockdownPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft; readonly cuts: readonly string[] }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

/**
 * Makes a server that is set up safe: security updates, services, fail2ban, firewall, kernel and, last, sshd. From the
 * first step after the packages the host restores itself unless a fresh log-in is proved in time.
 */
export function planLockdown(situation: LockdownSituation): LockdownPlan {
  const wanted = wish(situation)
  const problems = findProblems(situation, wanted)
  const tool = situation.facts.packageTool
  if (problems.length > 0 || tool === null) return { kind: 'impossible', problems }
  const ssh = sshdWish(situation, wanted)
  const packages = bringPackages(situation, wanted, tool)
  const guarded = [
    ...updateByItself(situation, wanted),
    ...turnServicesOff(situation, wanted),
    ...banAttackers(situation, wanted),
    ...setFirewall(situation, wanted),
    // ufw sets some of these by its own file when it starts.
    ...protectKernel(situation, wanted),
    ...hardenSshd(situation, ssh),
  ]
  const cuts = findCuts(situation, wanted)
  return {
    kind: 'plan',
    plan: {
      steps: [...packages, ...guarded],
      warnings: [...cuts, ...findWarnings(situation, wanted, ssh)],
      ...autoRevert(situation, wanted, guarded),
    },
    cuts,
  }
}

const unique = (names: readonly string[]): string[] => [...new Set(names)]

/** All that the steps touch is named, so that what the host restores is whole: old or new, never a mixture. */
function autoRevert(
  situation: LockdownSituation,
  wanted: LockdownWish,
  guarded: readonly Step[],
): { autoRevert?: AutoRevert } {
  const [first, last] = [guarded[0], guarded.at(-1)]
  if (first === undefined || last === undefined || guarded.every(({ alreadySo }) => alreadySo !== undefined)) return {}
  const { sshd, units } = situation.inspected
  const firewall = touchedByFirewall(situation, wanted)
  return {
    autoRevert: {
      fromStep: first.id,
      untilStep: last.id,
      timeoutMs: situation.settings.revertAfterMs,
      save: {
        files: unique([
          ...guarded.flatMap(({ file }) => file?.path ?? []),
          ...(wanted.updates?.files.map(({ path }) => path) ?? []),
          ...firewall.files,
        ]),
        units: unique([
          sshd.unit,
          ...wanted.off,
          ...(wanted.jails.length > 0 ? ['fail2ban.service'] : []),
          ...firewall.units,
          ...(wanted.updates?.timers ?? []),
        ]),
        firewall: wanted.firewall !== null,
        kernelParameters: unique([
          ...wanted.parameters.map(({ name }) => name),
          ...(wanted.firewall === 'ufw' ? ufwKernelParameters : []),
        ]),
        reload: [
          ...(sshd.unitActive ? [sshd.unit] : []),
          ...(wanted.jails.length > 0 && units.get('fail2ban.service')?.active === 'active'
            ? ['fail2ban.service']
            : []),
        ],
      },
    },
  }
}
