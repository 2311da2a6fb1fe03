import type { Command } from 'commander'
import { z } from 'zod'
import { DeviceType, Environment, HostKey, Hostname, Server, ServerName, UserName } from '../schema/server.ts'
import { AbsolutePath } from '../schema/setup.ts'
import { fits, fitsEach, port, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { Failure } from './failure.ts'
import { scanHostKeys, type Vouching, vouchedFor } from './host-keys.ts'
import { jumpFrom, type JumpOptions, JumpText } from './jump.ts'
import { loginFrom, type LoginOptions } from './login.ts'
import { serverLines, ServerAnswer } from './server-answer.ts'

type Options = LoginOptions &
  JumpOptions &
  Vouching & {
    port: number
    alternatePort?: number
    user: string
    appUser: string
    tag?: readonly string[]
    service?: readonly string[]
    environment?: string
    deviceType?: string
  }

const descriptor = wholeNumber(0, 255)

export function addServerAdd(server: Command, cli: Cli): void {
  server
    .command('add')
    .description('register a server: its host keys are shown and pinned, its key is stored sealed')
    .argument('<name>', 'what to call it', fits(ServerName))
    .argument('<host>', 'DNS name or IP address', fits(Hostname))
    .option('--port <port>', 'SSH port', port, 22)
    .option('--alternate-port <port>', 'tried when the first refuses', port)
    .option('--user <user>', 'who logs in to set it up', fits(UserName), 'root')
    .option('--app-user <user>', 'the application user that setup makes', fits(UserName), 'app')
    .option('--key <path>', 'private key on this machine; stored sealed under the name of the server')
    .option('--key-on-worker <path>', 'private key file on the machine of the worker; not stored', fits(AbsolutePath))
    .option('--passphrase-fd <fd>', 'read the passphrase of the key from this file descriptor', descriptor)
    .option('--agent', "the worker's SSH agent")
    .option('--password-prompt', 'ask for the password, or read it from standard input')
    .option('--password-fd <fd>', 'read the password from this file descriptor', descriptor)
    .option('--sudo-password-prompt', 'ask for the password that sudo asks for')
    .option('--sudo-password-fd <fd>', 'read it from this file descriptor', descriptor)
    .option('--host-key <fingerprint>', 'pin the keys only if one of them is this', fits(HostKey.shape.fingerprint))
    .option('--accept-host-key', 'pin what the host shows now, without a look')
    .option(
      '--tag <tag>',
      'a tag (repeatable)',
      fitsEach(Server.shape.tags.element, 'a tag: lower-case letters, digits and . _ : -, up to 63'),
    )
    .option(
      '--service <service>',
      'a service that depends on it, told in approvals (repeatable)',
      fitsEach(z.string().min(1).max(128)),
    )
    .option('--environment <environment>', Environment.options.join(', '), fits(Environment))
    .option('--device-type <type>', DeviceType.options.join(', '), fits(DeviceType))
    .option('--jump <[user@]host[:port]>', 'reach it through this host', fits(JumpText))
    .option('--jump-key <path>', 'private key for the jump host; without it, that of the server')
    .option('--jump-host-key <fingerprint>', 'its host key must be this', fits(HostKey.shape.fingerprint))
    .action(async (name: string, host: string, o: Options) => addOne(cli, name, host, o))
}

async function addOne(cli: Cli, name: string, hostname: string, o: Options): Promise<void> {
  const login = await loginFrom(cli, name, o)
  const jump = await jumpFrom(cli, name, login, o)
  await refuseTakenName(cli, name)
  const place = `${hostname}:${o.port}`
  const stored: string[] = []
  try {
    // The scan through a jump host logs in there, so its key is stored before.
    for (const [secret, value] of [...login.secrets, ...(jump?.secrets ?? [])]) {
      await cli.api().put(`/v1/secrets/${segment(secret)}`, { value })
      stored.push(secret)
    }
    const keys = await scanHostKeys(cli, { hostname, port: o.port, ...(jump ? { jump: jump.host } : {}) })
    await vouchedFor(cli, keys, place, o)
    const root = {
      user: o.user,
      authentication: login.authentication,
      ...(login.sudoPassword ? { sudo_password: login.sudoPassword } : {}),
    }
    const answer = await cli.api().post('/v1/servers', {
      name,
      hostname,
      port: o.port,
      ...(o.alternatePort === undefined ? {} : { alternate_port: o.alternatePort }),
      root,
      app: { user: o.appUser, authentication: login.authentication },
      ...(jump ? { jump: jump.host } : {}),
      host_keys: keys,
      tags: o.tag ?? [],
      services: o.service ?? [],
      ...(o.environment === undefined ? {} : { environment: o.environment }),
      ...(o.deviceType === undefined ? {} : { device_type: o.deviceType }),
    })
    if (cli.screen.json) return cli.screen.document(answer)
    cli.screen.line(`${cli.screen.paint.green('✓')} Registered ${name}.`)
    for (const line of serverLines(ServerAnswer.parse(answer), cli.screen.paint)) cli.screen.line(`  ${line}`)
    cli.screen.line(
      `  ${cli.screen.paint.cyan('→')} Prepare it: drydock setup ${name}   (first look: drydock setup ${name} --dry-run)`,
    )
  } catch (error) {
    // What was not registered leaves nothing behind.
    for (const secret of stored)
      await cli
        .api()
        .remove(`/v1/secrets/${segment(secret)}`)
        .catch(() => undefined)
    throw error
  }
}

/** Before anything is stored: secrets are named after the server, and those of another one must not be overwritten. */
async function refuseTakenName(cli: Cli, name: string): Promise<void> {
  try {
    await cli.api().get(`/v1/servers/${segment(name)}`)
  } catch (error) {
    if (error instanceof Failure && error.code === 'NOT_FOUND') return
    throw error
  }
  throw new Failure({
    message: `There is a server named ${name} already.`,
    code: 'CONFLICT',
    suggestions: [`See it with \`drydock server show ${name}\`; choose another name or remove that one first.`],
  })
}
