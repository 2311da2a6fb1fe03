import { inspectForSetup, parseSetupFacts } from '../../commands/setup-facts.ts'
import { parseFacts, readFacts } from '../../commands/facts.ts'
import { quote } from '../../commands/shell.ts'
import type { LabHost } from '../../lab/index.ts'
import { setupQuestions, type SetupRequestOn } from '../../plans/setup-wish.ts'
import { planSetup, type SetupPlan } from '../../plans/setup.ts'
import type { Command, RunAs } from '../../schema/command.ts'
import type { PlanDraft, Step } from '../../schema/plan.ts'

/** Runs a command in a lab host as root or as the application user, past SSH and past the guard. */
export function runOn(host: LabHost, command: Command, as: RunAs = 'root', app = 'app') {
  const asApp = `runuser -u ${quote(app)} -- sh -c ${quote(command.script)}`
  return host.sh(as === 'root' ? command.script : asApp)
}

/** Facts, inspection and plan of a real host. */
export async function planFor(
  host: LabHost,
  request: Omit<SetupRequestOn, 'facts'>,
  operationId: string,
): Promise<SetupPlan> {
  const facts = parseFacts((await runOn(host, readFacts())).stdout)
  const questions = setupQuestions({ ...request, facts })
  const inspected = parseSetupFacts((await runOn(host, inspectForSetup(questions))).stdout, questions)
  return planSetup({ ...request, facts, inspected, operationId })
}

export type Applied = {
  readonly states: Record<string, string>
  readonly failed: { step: Step; stderr: string } | null
}

/** The steps in order as an operation takes them: already so, or check, apply, verify; it stops at the first failure. */
export async function applyOn(host: LabHost, plan: PlanDraft, app = 'app'): Promise<Applied> {
  const states: Record<string, string> = {}
  for (const step of plan.steps) {
    const outcome = await applyStep(host, step, app)
    states[step.id] = outcome.state
    if (outcome.state === 'failed') return { states, failed: { step, stderr: outcome.stderr } }
  }
  return { states, failed: null }
}

async function applyStep(host: LabHost, step: Step, app: string): Promise<{ state: string; stderr: string }> {
  const run = (command: Command) => runOn(host, command, step.as, app)
  const already = step.alreadySo !== undefined
  if (step.check !== undefined && (await run(step.check)).exitCode === 0)
    return { state: already ? 'already so' : 'unchanged', stderr: '' }
  if (already) return { state: 'failed', stderr: `the facts say "${step.alreadySo}", the check does not` }
  for (const command of step.apply) {
    const ended = await run(command)
    if (ended.exitCode !== 0) return { state: 'failed', stderr: `${ended.stderr}\n${ended.stdout}` }
  }
  const seen = step.verify === undefined ? null : await run(step.verify)
  return seen === null || seen.exitCode === 0
    ? { state: 'applied', stderr: '' }
    : { state: 'failed', stderr: `verify: ${seen.stderr}` }
}

/** Takes every step back, last first, and gives what the ones that failed said. */
export async function undoOn(host: LabHost, plan: PlanDraft): Promise<string[]> {
  const said: string[] = []
  for (const command of plan.steps.toReversed().flatMap((step) => step.undo ?? [])) {
    const ended = await runOn(host, command)
    if (ended.exitCode !== 0) said.push(`${command.shown}: ${ended.exitCode} ${ended.stderr}`)
  }
  return said
}

/**
 * Hashes, owners and modes of all that setup could touch, and the state of every package. Aside: the copies that the
 * shadow tools keep, and the note that Debian's sudo leaves in the home of whoever uses it first.
 */
export async function fingerprint(host: LabHost): Promise<string[]> {
  const ended = await host.sh(`
    cd /
    find etc home opt root srv usr/bin usr/sbin usr/local -xdev '(' -name '*-' -o -name '*-old' -o -name .pwd.lock -o -name .sudo_as_admin_successful ')' -prune -o -printf '%M %U:%G %p %l\\n'
    find etc home opt root srv -xdev -type f '!' -name '*-' '!' -name .sudo_as_admin_successful -exec sha256sum -- '{}' +
    dpkg-query -W -f '\${binary:Package} \${db:Status-Abbrev} \${Version}\\n'`)
  return ended.stdout.split('\n').toSorted()
}
