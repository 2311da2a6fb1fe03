import { collect, parseCollected } from '../../commands/audit/collect.ts'
import { bootHost } from '../../lab/index.ts'
import { judge, readingsOf } from '../../plans/audit/judge.ts'
import { type Chosen, chooseChecks } from '../../plans/audit/profile.ts'
import { AuditRequest } from '../../schema/audit.ts'
import { type Figures, inTurns, whole } from './measure.ts'
import { withBoth } from './ssh.ts'

/** All checks of a real host, read and judged, against what the slowest of them alone takes to read in a bare exec. */
export async function fullAudit(): Promise<Figures> {
  const chosen = chooseChecks(AuditRequest.parse({}), { profiles: {}, off: [] })
  if (chosen.kind === 'unknown') throw new Error(chosen.what)
  const { checks } = chosen
  const readings = readingsOf(checks)
  const host = await bootHost({ name: 'bench-audit' })
  try {
    // As on any host in use: apt keeps what it has read of its lists, which would otherwise outweigh all the rest.
    await host.sh('apt-get -qq -s upgrade')
    return await withBoth({ ...host, addresses: [host.address] }, async ({ read, raw }) => {
      const slowest = scriptOf([await slowestOf(checks, raw)])
      return await inTurns({
        ours: whole(async () => {
          const { stdout } = await read(collect(readings).script)
          return judge({ server: 'web-1', checks, answers: parseCollected(stdout, readings).answers })
        }),
        reference: whole(() => raw.exec(slowest)),
        rounds: 15,
        warmUp: 2,
      })
    })
  } finally {
    await host.stop()
  }
}

type Raw = { exec(script: string): Promise<unknown> }

const scriptOf = (checks: readonly Chosen[]): string => collect(readingsOf(checks)).script

async function slowestOf(checks: readonly Chosen[], raw: Raw): Promise<Chosen> {
  let slowest: { check: Chosen; ms: number } | null = null
  for (const check of checks) {
    const side = whole(() => raw.exec(scriptOf([check])))
    await side()
    const ms = await side()
    if (slowest === null || ms > slowest.ms) slowest = { check, ms }
  }
  if (slowest === null) throw new Error('there are no checks')
  process.stderr.write(`The slowest check is ${slowest.check.check.id}.\n`)
  return slowest.check
}
