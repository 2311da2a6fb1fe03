import { basename } from 'node:path'
import type { Command } from 'commander'
import { FilePattern } from '../schema/file-patterns.ts'
import { FilePath } from '../schema/transfer.ts'
import { StartedAnswer } from './answers.ts'
import { fits, fitsEach } from './arguments.ts'
import type { Cli } from './cli.ts'
import { segment } from './client.ts'
import { usage } from './failure.ts'
import { keepDirectory, tellWhatIsHere } from './kept-directory.ts'
import { sendDirectoryToApi } from './local-directory.ts'
import { keepFile, sendToApi } from './local-file.ts'
import { planAtEnd } from './plan-lines.ts'
import { seeThrough } from './see-through.ts'
import { serverArgument } from './server-argument.ts'

type Putting = {
  root?: true
  mode?: string
  owner?: string
  group?: string
  sha256?: string
  onServer?: true
  dryRun?: true
  detach?: true
  recursive?: true
  include?: readonly string[]
  exclude?: readonly string[]
  delete?: true
}
type Getting = { root?: true; recursive?: true; include?: readonly string[]; exclude?: readonly string[] }

export function addTransfer(program: Command, cli: Cli): void {
  const noun = program
    .command('transfer')
    .description('files to servers and from them: whole and the same, or not at all')
  const path = fits(FilePath)

  noun
    .command('put')
    .description('bring a local file or directory, or a file at an HTTPS address, to a server')
    .argument('<server>', 'name or id', serverArgument)
    .argument('<file>', 'a local file or directory, or https://…')
    .argument('<path>', 'where on the server', path)
    .option('--root', 'with the rights of root')
    .option('--mode <mode>', 'such as 0644; as the file has it that is there unless told')
    .option('--owner <user>')
    .option('--group <group>')
    .option('--sha256 <sum>', 'of a file at an HTTPS address')
    .option('--on-server', 'the server itself fetches what is at the address, not the worker')
    .option('--recursive', 'a directory: only what differs is sent')
    .option('--include <pattern>', 'only files that it fits; again for more', fitsEach(FilePattern))
    .option(
      '--exclude <pattern>',
      'nothing that it fits, such as "*.tmp" or "cache/"; again for more',
      fitsEach(FilePattern),
    )
    .option('--delete', 'delete what the local directory does not have; you are asked first')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--detach', 'do not wait for its end')
    .action(async (server: string, file: string, to: string, o: Putting) => {
      const body = o.recursive ? await directoryToPut(cli, file, o) : await fileToPut(cli, file, o)
      const started = await cli.api().start(`/v1/servers/${segment(server)}/transfers`, {
        path: to,
        as_root: o.root ?? false,
        dry_run: o.dryRun ?? false,
        ...body,
      })
      await seeThrough(cli, StartedAnswer.parse(started), {
        say: 'stdout',
        detach: o.detach,
        finish: planAtEnd(cli, o.dryRun),
      })
    })

  noun
    .command('get')
    .description('bring a file or a directory of a server here')
    .argument('<server>', 'name or id', serverArgument)
    .argument('<path>', 'where on the server', path)
    .argument('[file]', 'where to here; its own name in this directory unless told')
    .option('--root', 'with the rights of root')
    .option('--recursive', 'a directory: only what differs is fetched, and nothing is deleted here')
    .option('--include <pattern>', 'only files that it fits; again for more', fitsEach(FilePattern))
    .option('--exclude <pattern>', 'nothing that it fits; again for more', fitsEach(FilePattern))
    .action(async (server: string, from: string, file: string | undefined, o: Getting) => {
      const transfers = `/v1/servers/${segment(server)}/transfers`
      const to = file ?? basename(from)
      await (o.recursive ? getDirectory : getFile)(cli, { transfers, from, to }, o)
    })
}

type Way = { readonly transfers: string; readonly from: string; readonly to: string }

async function getFile(cli: Cli, { transfers, from, to }: Way, o: Getting): Promise<void> {
  if (o.include || o.exclude) throw usage('--include and --exclude are for a directory: add --recursive.')
  const body = { direction: 'download', path: from, as_root: o.root ?? false }
  const started = StartedAnswer.parse(await cli.api().start(transfers, body))
  await seeThrough(cli, started, {
    say: 'stdout',
    beyond: async ({ operation }) => (operation.state === 'succeeded' ? { file: await keep() } : {}),
  })
  if (!cli.screen.json && cli.ending() === 0) {
    const { bytes, sha256 } = await keep()
    cli.screen.line(`${cli.screen.paint.green('✓')} ${to}: ${bytes} bytes, SHA-256 ${sha256}`)
  }
  function keep() {
    return keepFile(cli, `${transfers}/${segment(started.operation.id)}/content`, to)
  }
}

async function getDirectory(cli: Cli, { transfers, from, to }: Way, o: Getting): Promise<void> {
  const { include = [], exclude = [] } = o
  const have = await tellWhatIsHere(cli, to, { include, exclude })
  const body = { direction: 'download_directory', path: from, as_root: o.root ?? false, include, exclude }
  const started = StartedAnswer.parse(
    await cli
      .api()
      .start(transfers, { ...body, ...(have === undefined ? {} : { have: { kind: 'upload', id: have } }) }),
  )
  let state = ''
  const keep = () =>
    keepDirectory(cli, `${transfers}/${segment(started.operation.id)}/content`, to, { include, exclude })
  await seeThrough(cli, started, {
    say: 'stdout',
    finish: ({ operation }) => void (state = operation.state),
    beyond: async ({ operation }) => {
      if (operation.state === 'succeeded') await keep()
      return { directory: to }
    },
  })
  // Nothing was fetched where it is unchanged.
  if (!cli.screen.json && state === 'succeeded') await keep()
  if (!cli.screen.json && cli.ending() === 0)
    cli.screen.line(`${cli.screen.paint.green('✓')} ${to} has what ${from} has`)
}

async function fileToPut(
  cli: Cli,
  file: string,
  { mode, owner, group, sha256, onServer, ...o }: Putting,
): Promise<object> {
  if (o.delete || o.include || o.exclude)
    throw usage('--include, --exclude and --delete are for a directory: add --recursive.')
  const isAddress = file.startsWith('https:')
  if (onServer === true && !isAddress) throw usage('--on-server is for a file at an https address.')
  const source = isAddress
    ? { kind: 'https', url: file, sha256, fetched_by: onServer === true ? 'server' : 'worker' }
    : { kind: 'upload', id: await sendToApi(cli, file) }
  return { direction: 'upload', source, ...given({ mode, owner, group }) }
}

async function directoryToPut(cli: Cli, directory: string, o: Putting): Promise<object> {
  const { include = [], exclude = [], owner, group } = o
  if (o.mode !== undefined || o.sha256 !== undefined || o.onServer === true)
    throw usage('--mode, --sha256 and --on-server are for one file: what is in a directory has modes of its own.')
  const id = await sendDirectoryToApi(cli, directory, { include, exclude })
  const choice = { include, exclude, delete: o.delete ?? false }
  return { direction: 'upload_directory', source: { kind: 'upload', id }, ...choice, ...given({ owner, group }) }
}

const given = (o: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(o).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
