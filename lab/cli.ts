import { parseArgs } from 'node:util'
import { ServerName } from '../schema/server.ts'
import { type LabHost, bootHost } from './host.ts'
import { type Image, images } from './image.ts'
import { type Recorded, keyPathIn, liveHosts, sweep, takeAway } from './records.ts'

const usage = `Throwaway Debian servers with a real systemd and sshd.

  npm run lab -- up NAME [--image ${images.join('|')}] [--json]
  npm run lab -- down NAME
  npm run lab -- list [--json]
`

/** A wrong word on the command line: exit code 2, with what is expected. */
class Usage extends Error {}

const say = (line: string) => void process.stderr.write(`${line}\n`)
const print = (text: string) => void process.stdout.write(`${text}\n`)

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof Usage
  say(`${error instanceof Error ? error.message : String(error)}${isUsage ? `\n\n${usage}` : ''}`)
  process.exitCode = isUsage ? 2 : 1
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parse(argv)
  const [verb, name, ...rest] = positionals
  if (values.help || verb === 'help') return print(usage)
  if (rest.length > 0) throw new Usage(`One name is enough; "${rest.join(' ')}" is too much.`)
  if (verb === 'up') return up(nameOf(name), imageOf(values.image), values.json)
  if (verb === 'down') return down(nameOf(name))
  if (verb === 'list' && name === undefined) return list(values.json)
  throw new Usage(verb === undefined ? 'What should the lab do?' : `The lab does not know "${argv.join(' ')}".`)
}

function parse(argv: string[]) {
  const flag = { type: 'boolean', default: false } as const
  try {
    const options = {
      image: { type: 'string', default: 'bookworm' },
      json: flag,
      help: { ...flag, short: 'h' },
    } as const
    return parseArgs({ args: argv, options, allowPositionals: true })
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error))
  }
}

function nameOf(text: string | undefined): string {
  if (text === undefined) throw new Usage('The name of the host is missing.')
  const name = ServerName.safeParse(text)
  if (!name.success) throw new Usage(`"${text}" cannot be the name of a host: ${name.error.issues[0]?.message ?? ''}.`)
  return name.data
}

function imageOf(text: string): Image {
  const image = images.find((known) => known === text)
  if (image === undefined) throw new Usage(`There is no image "${text}"; there are ${images.join(' and ')}.`)
  return image
}

async function up(name: string, image: Image, json: boolean): Promise<void> {
  await sweep()
  const there = (await standing()).find(({ record }) => record.name === name)
  if (there)
    throw new Error(`${name} is already up at ${there.record.address}. Take it down with: npm run lab -- down ${name}`)
  const started = Date.now()
  const host = await bootHost({ name, image, endsWith: 'nobody', say })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  print(json ? JSON.stringify(shown(host), null, 2) : describe(host, seconds))
}

async function down(name: string): Promise<void> {
  const there = await standing()
  const found = there.find(({ record }) => record.name === name)
  if (found === undefined) {
    const names = there.map(({ record }) => record.name).toSorted()
    throw new Error(`No host "${name}" is up. ${names.length > 0 ? `Up: ${names.join(', ')}.` : 'None is.'}`)
  }
  await takeAway(found)
  await sweep()
  print(`${name} is gone.`)
}

async function list(json: boolean): Promise<void> {
  await sweep()
  const hosts = (await standing()).map(({ folder, record }) =>
    shown({ ...record, port: 22, user: 'root', keyPath: keyPathIn(folder) }),
  )
  if (json) return print(JSON.stringify(hosts, null, 2))
  if (hosts.length === 0) return print('No host is up. Boot one with: npm run lab -- up NAME')
  for (const host of hosts)
    print(`${host.name}  ${host.image}  ${host.user}@${host.address}:${host.port}  ${host.keyPath}`)
}

/** Hosts that live on by themselves; those of running tests and demos end with them. */
async function standing(): Promise<Recorded[]> {
  return (await liveHosts()).filter(({ record }) => record.owner === null)
}

type Shown = Pick<LabHost, 'name' | 'image' | 'address' | 'port' | 'user' | 'keyPath' | 'hostKeys'>

function shown({ name, image, address, port, user, keyPath, hostKeys }: Shown): Shown {
  return { name, image, address, port, user, keyPath, hostKeys }
}

function describe(host: Shown, seconds: string): string {
  return `${host.name} (${host.image}) is up after ${seconds} s.

  address   ${host.address} port ${host.port}
  user      ${host.user}
  key       ${host.keyPath}
${host.hostKeys.map((key) => `  host key  ${key.fingerprint} (${key.type})`).join('\n')}

  ssh -i ${host.keyPath} -o StrictHostKeyChecking=accept-new ${host.user}@${host.address}
  npm run lab -- down ${host.name}`
}
