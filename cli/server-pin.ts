import type { Command } from 'commander'
import { HostKey } from '../schema/server.ts'
import { fits } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { HostKeysAnswer, keyLines, scanHostKeys, type Vouching, vouchedFor } from './host-keys.ts'
import { ServerAnswer } from './server-answer.ts'
import { serverArgument } from './server-argument.ts'

export function addServerPin(server: Command, cli: Cli): void {
  server
    .command('pin')
    .description('pin the host keys of a server anew, after it was reinstalled')
    .argument('<server>', 'name or id', serverArgument)
    .option('--host-key <fingerprint>', 'pin only if the host shows this key', fits(HostKey.shape.fingerprint))
    .option('--accept-host-key', 'pin what the host shows now, without a look')
    .action(async (name: string, o: Vouching) => {
      const path = `/v1/servers/${segment(name)}`
      const known = ServerAnswer.parse(await cli.api().get(path))
      const jump = known.jump ? { jump: known.jump } : {}
      const keys = await scanHostKeys(cli, { hostname: known.hostname, port: known.port, ...jump })
      showChange(cli, known.host_keys, keys)
      await vouchedFor(cli, keys, `${known.name} (${known.hostname}:${known.port})`, o)
      // The very keys that were shown, not what a second scan would bring.
      const pinned = await cli.api().put(`${path}/host-key`, { host_keys: keys })
      if (cli.screen.json) return cli.screen.document(pinned)
      cli.screen.line(`${cli.screen.paint.green('✓')} Pinned the host keys of ${known.name}:`)
      for (const line of keyLines(HostKeysAnswer.parse(pinned).host_keys)) cli.screen.line(`  ${line}`)
    })
}

type Shown = { type: string; fingerprint: string }

function showChange(cli: Cli, before: readonly Shown[], now: readonly Shown[]): void {
  if (cli.screen.json) return
  const { red, green, dim } = cli.screen.paintNote
  const has = (keys: readonly Shown[], key: Shown) => keys.some((one) => one.fingerprint === key.fingerprint)
  cli.screen.note('Host keys, pinned (-) and shown now (+):')
  for (const key of before) if (!has(now, key)) cli.screen.note(red(`- ${keyLines([key]).join()}`))
  for (const key of now)
    cli.screen.note(has(before, key) ? dim(`  ${keyLines([key]).join()}`) : green(`+ ${keyLines([key]).join()}`))
}
