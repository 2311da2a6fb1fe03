import type { Command } from 'commander'
import type { Check } from './local/checks/check.ts'
import type { Cli } from './cli.ts'
import { exitCode } from './exit-code.ts'
import { spinning } from './spinning.ts'

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('look for what is missing or wrong on this machine and in what it is connected to')
    .option('--config <file>', 'configuration file')
    .action(async (o: { config?: string }) => {
      const { examine } = await import('./local/examine.ts')
      const checks = await spinning(cli, 'Looking', () => examine(cli, o.config))
      const isWell = checks.every((check) => check.state !== 'failed')
      cli.endWith(isWell ? exitCode.done : exitCode.failed)
      if (cli.screen.json) return cli.screen.document({ ok: isWell, checks })
      for (const line of checkLines(checks, cli)) cli.screen.line(line)
    })
}

function checkLines(checks: readonly Check[], cli: Cli): string[] {
  const { green, yellow, red, cyan, dim } = cli.screen.paint
  const marks = { ok: green('✓'), warning: yellow('!'), failed: red('✗') }
  const width = Math.max(...checks.map((check) => check.name.length))
  const bad = checks.filter((check) => check.state === 'failed').length
  return [
    ...checks.flatMap(({ name, state, detail, advice }) => [
      `${marks[state]} ${name.padEnd(width)}  ${state === 'ok' ? dim(detail) : detail}`,
      ...(advice === null ? [] : [`  ${''.padEnd(width)}  ${cyan('→')} ${advice}`]),
    ]),
    bad === 0 ? green('All is well.') : red(`${bad} ${bad === 1 ? 'thing needs' : 'things need'} attention.`),
  ]
}
