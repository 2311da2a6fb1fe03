import type { LabHost } from '../../lab/index.ts'
import { type Installation, type Operation, until } from './installation.ts'
import type { PreparedServer } from './prepared-host.ts'

/** Waits for the end of an operation, and gives the right answer as an approver when a person is asked. */
export async function seeThrough(drydock: Installation, id: string, timeoutMs = 180_000): Promise<Operation> {
  let answered = ''
  await until(async () => {
    const result = (await drydock.store.operations.get(id))?.result ?? null
    if (result !== null) return result
    const approval = await drydock.store.approvals.forOperation(id)
    if (approval !== null && approval.decidedAt === null && approval.id !== answered) {
      const { phrase, checklist } = approval.assessment
      const acknowledged = checklist.map((item) => item.id)
      const { status } = await drydock.ask(
        'POST',
        `/v1/operations/${id}/approval`,
        { decision: 'confirm', phrase, acknowledged },
        'approver',
      )
      if (status < 300) answered = approval.id
    }
    return null
  }, timeoutMs)
  return drydock.operation(id)
}

/** Starts a lockdown of a server, or what else is named, and sees it through. */
export async function through(
  drydock: Installation,
  server: { name: string },
  what: 'lockdowns' | 'lockdown-reverts' | 'setups',
  body: Record<string, unknown> = {},
): Promise<Operation> {
  const { id } = await drydock.start('POST', `/v1/servers/${server.name}/${what}`, body)
  return seeThrough(drydock, id)
}

/** Every file under /etc, by hash, owner and mode; without the copies that the shadow tools keep. */
export async function etcOf(host: LabHost): Promise<string[]> {
  const ended = await host.sh(`
    find /etc -xdev -type f ! -name '*-' ! -name .pwd.lock -exec sha256sum {} +
    find /etc -xdev ! -name '*-' ! -name .pwd.lock -printf '%p %u %g %m %l\\n'`)
  return ended.stdout.split('\n').toSorted()
}

/** What is gone of an earlier look at /etc, and what is new. */
export async function changesOf(host: LabHost, before: readonly string[]): Promise<{ gone: string[]; new: string[] }> {
  const after = await etcOf(host)
  return {
    gone: before.filter((line) => !after.includes(line)),
    new: after.filter((line) => !before.includes(line)),
  }
}

/** Has the files of what a lockdown will install there, by what its preview says: installing them asks no mirror. */
export const fetchPackages =
  (drydock: Installation) =>
  async ({ host, name }: PreparedServer): Promise<void> => {
    const preview = await drydock.finish('POST', `/v1/servers/${name}/lockdowns`, { dry_run: true })
    const packages = /"title":"Install ([^"]+)"/.exec(JSON.stringify(preview.plan))?.[1]?.replaceAll(', ', ' ')
    if (packages === undefined) throw new Error('the preview of a lockdown names no packages')
    const fetched = await host.sh(
      `apt-get -q update && apt-get -q -y --download-only install ${packages} && : > /var/lib/drydock/package-lists`,
    )
    if (fetched.exitCode !== 0) throw new Error(`${packages} cannot be fetched: ${fetched.stderr}`)
  }
