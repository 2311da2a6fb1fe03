import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootHost, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import { SetupSettings } from '../../schema/setup.ts'
import { applyOn, fingerprint, planFor, undoOn } from '../support/apply-plan.ts'
import { expectRestored } from '../support/expect.ts'

const lab = await isLabPossible()
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHrbj2vNjkyf1rUXoYN8OqwHb8s5RcrRQ6rq8AuAOWcI ann'
const request = {
  server: { app: { user: 'app', authentication: { method: 'agent' as const } } },
  settings: SetupSettings.parse({ authorizedKeys: [key], packages: [] }),
}

async function plan(host: LabHost, operationId: string): Promise<PlanDraft> {
  const answer = await planFor(host, request, operationId)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join('\n'))
  return answer.plan
}
const said = async (host: LabHost, script: string): Promise<string> => (await host.sh(script)).stdout

describe.skipIf(!lab.possible)('a setup on a host whose power failed while users were changed', () => {
  let host: LabHost
  let before: string[]
  beforeAll(async () => {
    host = await bootHost({ name: 'setup-plan-power' })
    before = await fingerprint(host)
  }, 600_000)
  afterAll(() => host.stop())

  it('is not held up by locks whose process ids are those of others now, and heeds that of a tool at work', async () => {
    const draft = await plan(host, 'operation-1')
    await said(host, `for name in passwd group gshadow; do printf '1\\0' > /etc/$name.lock; done; : > /etc/shadow.lock`)
    expect((await applyOn(host, draft)).failed).toBeNull()
    await said(host, `for name in passwd group gshadow; do printf '1\\0' > /etc/$name.lock; done; : > /etc/shadow.lock`)
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)

    const used = 'cp /bin/sleep /tmp/useradd; /tmp/useradd 600 & printf "$!\\0" > /etc/passwd.lock'
    await said(host, `{ ${used}; } > /dev/null 2>&1`)
    expect((await applyOn(host, draft)).failed?.stderr).toContain('cannot lock /etc/passwd')
    await said(host, 'pkill useradd; rm /etc/passwd.lock')
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)
  })

  it('is not called done over a user that is half there, and is taken back', async () => {
    const draft = await plan(host, 'operation-2')
    const [user] = draft.steps
    expect(user?.id).toBe('user')
    await applyOn(host, { ...draft, steps: draft.steps.slice(0, 1) })
    await said(
      host,
      `rm -r /var/lib/drydock/backups/operation-2/user.made /home/app; mkdir /home/app
      sed -i /^app:/d /etc/group /etc/gshadow /etc/subuid /etc/subgid`,
    )
    const seen = await host.sh(user?.verify?.script ?? '')
    expect([seen.exitCode, seen.stderr]).toEqual([1, 'the creation of app was cut off half-way\n'])
    expect(await planFor(host, request, 'operation-3')).toEqual({
      kind: 'impossible',
      problems: [expect.stringContaining('app is only half there')],
    })
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)
  })
})
