import type { LabHost } from '../../lab/index.ts'
import { type Installation, type Operation, until } from './installation.ts'

/** Waits for the end of an operation, and gives the right answer as an approver when a person is asked. */
export async function seeThrough(drydock: Installation, id: string, timeoutMs = 180_000): Promise<Operation> {
  let answered = ''
  return until(async () => {
    const now = await drydock.operation(id)
    if (now.result !== null) return now
    const approval = now.state === 'awaiting_approval' ? await drydock.store.approvals.forOperation(id) : null
    if (approval !== null && approval.id !== answered) {
      answered = approval.id
      const { phrase, checklist } = approval.assessment
      const acknowledged = checklist.map((item) => item.id)
      await drydock.ask(
        'POST',
        `/v1/operations/${id}/approval`,
        { decision: 'confirm', phrase, acknowledged },
        'approver',
      )
    }
    return null
  }, timeoutMs)
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
