import { Command, CommanderError } from 'commander'
import { addApprovals } from './approvals.ts'
import { addApprove } from './approve.ts'
import { addAudit } from './audit.ts'
import { addAuditTrail } from './audit-trail.ts'
import { type Cli, createCli } from './cli.ts'
import { addBackup } from './backup.ts'
import { addConfig } from './config.ts'
import { addDemo } from './demo-command.ts'
import { addDeploy } from './deploy.ts'
import { addDeployments } from './deployments.ts'
import { addDoctor } from './doctor.ts'
import { exitCode } from './exit-code.ts'
import { Failure, failureDocument, usage } from './failure.ts'
import { addGuard } from './guard.ts'
import { addHealth } from './health.ts'
import { addLockdown } from './lockdown.ts'
import { addMigrate } from './migrate.ts'
import { addMonitoring } from './monitoring.ts'
import { addOperation } from './operation.ts'
import { addPool } from './pool.ts'
import { addReject } from './reject.ts'
import { addRestore } from './restore.ts'
import { addRevertLockdown } from './revert-lockdown.ts'
import { addRollback } from './rollback.ts'
import { addRotateKey } from './rotate-key.ts'
import { addRun } from './run.ts'
import { createScreen, type Screen } from './screen.ts'
import { addSecret } from './secret.ts'
import { addServer } from './server.ts'
import { addSession } from './session.ts'
import { addSetup } from './setup.ts'
import type { Surroundings } from './surroundings.ts'
import { addToken } from './token.ts'
import { addTransfer } from './transfer.ts'
import { addUnit } from './unit.ts'
import { addUp } from './up.ts'

/** Runs one command line to its end and answers the exit code. Everything that goes wrong is told here. */
export async function runCli(words: readonly string[], around: Surroundings): Promise<number> {
  const screen = createScreen(around, wantsJson(words))
  const cli = createCli(around, screen)
  try {
    await createProgram(cli).parseAsync([...words], { from: 'user' })
    return cli.ending()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.done
    // A noun without its verb: commander has printed its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.usage
    const failure = failureOf(error)
    tell(failure, screen)
    return failure.exitCode
  }
}

/** The whole command line: one noun or verb a file. */
export function createProgram(cli: Cli): Command {
  const program = new Command('drydock')
    .description('Runs server jobs over SSH that are not lost, not run twice and lock nobody out.')
    .option('--json', 'JSON on standard output, and problems as JSON on standard error')
    .configureOutput({
      writeOut: (text) => void cli.around.stdout.write(text),
      writeErr: (text) => void cli.around.stderr.write(text),
      outputError: () => undefined, // told once, by `tell`
      getOutHelpWidth: () => cli.screen.columns,
    })
    .exitOverride()
    .showHelpAfterError(false)
    .addHelpText('after', environmentHelp)
  for (const add of nouns) add(program, cli)
  return program
}

const nouns = [
  addUp,
  addDemo(runCli),
  addDoctor,
  addServer,
  addSetup,
  addDeploy,
  addRollback,
  addDeployments,
  addAudit,
  addMonitoring,
  addLockdown,
  addRevertLockdown,
  addRotateKey,
  addUnit,
  addRun,
  addSession,
  addTransfer,
  addOperation,
  addApprovals,
  addApprove,
  addReject,
  addToken,
  addSecret,
  addGuard,
  addAuditTrail,
  addConfig,
  addPool,
  addHealth,
  addMigrate,
  addBackup,
  addRestore,
]

const environmentHelp = `
Environment:
  DRYDOCK_URL, DRYDOCK_TOKEN  the API to ask; without them, the local stack of \`drydock up\`
  DRYDOCK_HOME                where the local stack keeps its data (~/.local/share/drydock)
  NO_COLOR                    no colour

Exit codes: 0 done, 1 failed, 2 usage, 3 refused or waiting for approval when detached,
4 outcome unknown, 130 interrupted while the operation goes on.`

const wantsJson = (words: readonly string[]): boolean => {
  const end = words.indexOf('--')
  return (end === -1 ? words : words.slice(0, end)).includes('--json')
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CommanderError) {
    const [message = '', ...hints] = error.message.replace(/^error: /, '').split('\n')
    return usage(message, ...hints.map((hint) => hint.replace(/^\((.*)\)$/, '$1')).filter(Boolean))
  }
  return new Failure({
    message: `drydock failed in a way that it does not know: ${error instanceof Error ? error.message : String(error)}`,
    code: 'INTERNAL_ERROR',
    details: error instanceof Error && process.env.DRYDOCK_DEBUG ? [error.stack ?? ''] : [],
    suggestions: ['Set DRYDOCK_DEBUG=1 to see where, and report it.'],
    cause: error,
  })
}

function tell(failure: Failure, screen: Screen): void {
  if (screen.json) {
    screen.note(JSON.stringify(failureDocument(failure)))
    return
  }
  const { red, cyan, dim } = screen.paintNote
  screen.note(`${red('error:')} ${failure.message}`)
  for (const line of failure.details) screen.note(`  ${line}`)
  for (const suggestion of failure.suggestions) screen.note(`  ${cyan('→')} ${suggestion}`)
  if (failure.correlationId && failure.exitCode !== exitCode.usage)
    screen.note(dim(`  correlation id ${failure.correlationId}`))
}
