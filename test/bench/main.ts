// oxlint-disable-next-line import/no-unassigned-import -- first, before any schema is made: it gives them the method by which the API describes them
import '@hono/zod-openapi'
import { parseArgs } from 'node:util'
import { type LoopbackSshd, startLoopbackSshd } from '../../lab/index.ts'
import { type Bare, startBareWorker } from './bare/bare.ts'
import { type MemoryCurve, memoryOverCommands } from './memory.ts'
import { type Measured, printJson, printTable } from './print.ts'
import { type Product, startProduct } from './product.ts'
import type { Figures } from './measure.ts'
import { memoryRow, type Row, rows } from './rows.ts'
import { addressesFor } from './ssh.ts'

const names = [...rows.map((row) => row.name), memoryRow.name]
const usage = `Measures Drydock against what the same work costs without it.

  npm run bench [-- [ROW ...] [--json] [--check] [--commands N]]

  ROW           ${names.join(', ')}; all of them by default
  --check       exit code 1 where a goal does not hold
  --commands N  how many commands the row "memory" runs, 10000 by default
`

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Opened by the first row that needs it, closed at the end. */
type Opened = { sshd?: LoopbackSshd; product?: Product; bare?: Bare }

async function main(): Promise<void> {
  const { json, check, commands, chosen } = readArguments(process.argv.slice(2))
  const opened: Opened = {}
  const measured: Measured[] = []
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close(opened).finally(() => process.exit(130)))
  let memory: MemoryCurve | null = null
  try {
    for (const row of rows.filter(({ name }) => chosen.includes(name))) {
      say(`Measuring ${row.title} …`)
      const figures = await measure(row, opened, chosen)
      measured.push({ ...row, ...figures, unit: row.unit ?? 'ms' })
    }
    if (chosen.includes(memoryRow.name)) {
      const sshd = await sshdOf(opened, chosen)
      const { product } = await enginesOf(opened, sshd)
      memory = await memoryOverCommands({
        product,
        server: await serverFor(opened, sshd, memoryRow.name),
        commands,
        say,
      })
      measured.push({ ...memoryRow, ours: memory.late, reference: memory.early, rounds: commands, unit: 'MiB' })
    }
  } finally {
    await close(opened)
  }
  if (json) printJson(measured, memory)
  else printTable(measured)
  if (check && measured.some(({ ours, reference, goal }) => ours / reference > goal)) process.exitCode = 1
}

async function measure(row: Row, opened: Opened, chosen: readonly string[]): Promise<Figures> {
  if (row.needs === 'nothing') return row.measure()
  const sshd = await sshdOf(opened, chosen)
  if (row.needs !== 'product') return row.measure(sshd)
  return row.measure({ ...(await enginesOf(opened, sshd)), server: await serverFor(opened, sshd, row.name) })
}

async function close({ bare, product, sshd }: Opened): Promise<void> {
  await bare?.stop()
  await product?.stop()
  await sshd?.stop()
}

function readArguments(args: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = { json: flag, check: flag, help: flag, commands: { type: 'string', default: '10000' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const unknown = positionals.filter((name) => !names.includes(name))
  const commands = Number(values.commands)
  if (values.help || unknown.length > 0 || !(Number.isInteger(commands) && commands >= 10)) {
    if (unknown.length > 0) say(`There is no row ${unknown.join(', ')}.\n`)
    say(usage)
    process.exit(values.help ? 0 : 2)
  }
  return { ...values, commands, chosen: positionals.length > 0 ? positionals : names }
}

async function sshdOf(opened: Opened, chosen: readonly string[]): Promise<LoopbackSshd> {
  const hundred = rows.some((row) => row.needs === 'hundred_hosts' && chosen.includes(row.name))
  opened.sshd ??= await startLoopbackSshd({ addresses: hundred ? addressesFor.fleet : addressesFor.one, say })
  return opened.sshd
}

async function enginesOf(opened: Opened, sshd: LoopbackSshd): Promise<{ product: Product; bare: Bare }> {
  const product = (opened.product ??= await startProduct(say))
  const bare = (opened.bare ??= await startBareWorker(product, sshd))
  return { product, bare }
}

/** A server of its own for each row: a setup changes how the ones after it log in. */
async function serverFor(opened: Opened, sshd: LoopbackSshd, row: string): Promise<string> {
  const { product } = await enginesOf(opened, sshd)
  const name = `bench-${row}`
  await product.register(name, sshd)
  return name
}

await main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
})
