import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Server } from '../../schema/server.ts'
import type { Audit } from '../../schema/audit.ts'
import { startTestApi, type TestApi } from '../support/api.ts'
import { checkResult, someAudit } from '../support/audits.ts'
import { addServer, startOperation } from '../support/operations.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

/** A server with stored audits, a minute apart; the ids in their order. */
async function audited(...changes: Partial<Audit>[]): Promise<{ server: Server; path: string; ids: string[] }> {
  const server = await addServer(api.store)
  const operation = await startOperation(api.store, server, { kind: 'audit' })
  const ids: string[] = []
  for (const [minute, change] of changes.entries()) {
    const audit = someAudit(server, operation.id, {
      at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
      ...change,
    })
    await api.store.audits.save(audit)
    ids.push(audit.id)
  }
  return { server, path: `/v1/servers/${server.name}`, ids }
}

const failing = (...ids: string[]) => ids.map((id) => checkResult(id, 'fail'))

describe('an audit', () => {
  it('is started once a server, by what was asked', async () => {
    const { path, server } = await audited()
    const first = await api.ask('operator', 'POST', `${path}/audits`, { areas: ['ssh'], off: ['ssh.x11'] })
    expect([first.status, first.text('operation.kind'), first.text('operation.workflow_id')]).toEqual([
      202,
      'audit',
      `audit/${server.id}`,
    ])
    const stored = await api.store.operations.get(first.text('operation.id'))
    expect(stored?.input).toEqual({ profile: 'baseline', areas: ['ssh'], off: ['ssh.x11'] })
    expect((await api.ask('operator', 'POST', `${path}/audits`, {})).text('code')).toBe('ALREADY_RUNNING')
  })

  it.each([[{ profile: 'No such name' }], [{ areas: [] }], [{ areas: ['moon'] }], [{ off: ['everything'] }]])(
    'is refused where it cannot be meant: %j',
    async (body) => {
      const { path } = await audited()
      expect((await api.ask('operator', 'POST', `${path}/audits`, body)).status).toBe(422)
    },
  )

  it('is shown to those who may look, as it was stored, and only on its own server', async () => {
    const { path, ids } = await audited({})
    const other = await audited()
    const shown = await api.ask('viewer', 'GET', `${path}/audits/${ids[0]}`)
    expect(shown.body).toMatchObject({
      id: ids[0],
      security_score: 50,
      risk_level: 'high',
      compliance_status: 'non_compliant',
      next_audit_due: '2026-01-02T00:00:00.000Z',
      audit_result: [{ id: 'ssh.root-login', evidence: 'evidence of ssh.root-login\nsecond line' }, {}],
    })
    expect((await api.ask('viewer', 'GET', `${other.path}/audits/${ids[0]}`)).status).toBe(404)
    expect((await api.ask('viewer', 'GET', `${path}/audits/${randomUUID()}`)).text('code')).toBe('NOT_FOUND')
  })

  it('is a report in Markdown, in which a host breaks no table', async () => {
    const odd = { ...checkResult('ssh.root-login', 'fail'), present: 'a|b\n# c', evidence: '# not a heading' }
    const { path, ids, server } = await audited({ auditResult: [odd, checkResult('ssh.pam', 'skipped')] })
    const { body, headers } = await api.ask('viewer', 'GET', `${path}/audits/${ids[0]}?format=markdown`)
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(String(body).split('\n')).toEqual(
      expect.arrayContaining([
        `# Security audit of ${server.name}`,
        '| SSH | 50 | 1 | 0 | 1 | 0 |',
        '| high | ssh.root-login | Setting | a\\|b # c | no | `drydock lockdown web-1` |',
        '    # not a heading',
        '### SKIPPED It is well with ssh.pam',
      ]),
    )
  })
})

describe('the history', () => {
  it('tells what has come and gone between audits of the same profile and areas', async () => {
    const { path } = await audited(
      { auditResult: failing('ssh.a', 'ssh.b'), securityScore: 40 },
      { auditResult: failing('ssh.x'), areas: ['ssh'], securityScore: 90 },
      { auditResult: failing('ssh.b', 'ssh.c'), securityScore: 45 },
      { auditResult: failing('ssh.y'), profile: 'access' },
    )
    const { body } = await api.ask('viewer', 'GET', `${path}/audits`)
    expect(body).toMatchObject({
      next: null,
      items: [
        { profile: 'access', score_change: null, newly_failed: [], no_longer_failed: [] },
        { score_change: 5, newly_failed: ['ssh.c'], no_longer_failed: ['ssh.a'], failed: ['ssh.b', 'ssh.c'] },
        { areas: ['ssh'], score_change: null, newly_failed: [] },
        { score_change: null, newly_failed: [], no_longer_failed: [], security_score: 40 },
      ],
    })
  })

  it('comes in pages, each item against the one before it all the same', async () => {
    const { path, ids } = await audited({ securityScore: 10 }, { securityScore: 20 }, { securityScore: 40 })
    const first = await api.ask('viewer', 'GET', `${path}/audits?limit=2&profile=baseline`)
    expect(first.body).toMatchObject({
      items: [
        { id: ids[2], score_change: 20 },
        { id: ids[1], score_change: 10 },
      ],
    })
    const second = await api.ask('viewer', 'GET', `${path}/audits?limit=2&before=${first.text('next')}`)
    expect(second.body).toMatchObject({ items: [{ id: ids[0], score_change: null }], next: null })
  })
})

describe('an assessment', () => {
  it('is the newest whole audit of a profile, rule by rule', async () => {
    const auditResult = [checkResult('ssh.a', 'pass'), checkResult('ssh.b', 'warn'), checkResult('ssh.c', 'skipped')]
    const { path, ids } = await audited({}, { auditResult }, { areas: ['ssh'] }, { profile: 'access' })
    const { body } = await api.ask('viewer', 'GET', `${path}/assessment`)
    expect(body).toMatchObject({ id: ids[1], compliance_status: { 'ssh.a': 'pass', 'ssh.b': 'fail' } })
    expect(Object.keys(Object(body).compliance_status)).toEqual(['ssh.a', 'ssh.b'])
  })

  it('of a server that was never audited says what to do', async () => {
    const { path } = await audited()
    const answer = await api.ask('viewer', 'GET', `${path}/assessment?profile=access`)
    expect([answer.status, answer.text('error')]).toEqual([
      404,
      expect.stringContaining('has not been audited for the profile access'),
    ])
  })
})

describe('monitoring', () => {
  it('says that nobody asked for it, and what is known all the same', async () => {
    const critical = checkResult('users.uid-zero', 'fail', 'critical')
    const { path } = await audited({ auditResult: [critical, checkResult('ssh.a', 'fail')] })
    const { body } = await api.ask('viewer', 'GET', `${path}/monitoring`)
    expect(body).toMatchObject({
      monitoring_level: 'off',
      operation: null,
      next_audit: null,
      message: expect.stringContaining('is not monitored; 1 critical issue is open'),
      critical_issues: [{ id: 'users.uid-zero' }],
      security_alerts: [{ id: 'users.uid-zero', severity: 'critical' }],
    })
  })

  it('is an operation that is started once, and ended by asking', async () => {
    const { path } = await audited()
    const started = await api.ask('operator', 'POST', `${path}/monitoring`, {})
    expect(started.status).toBe(202)
    expect((await api.ask('operator', 'POST', `${path}/monitoring`, {})).status).toBe(409)
    const { body } = await api.ask('viewer', 'GET', `${path}/monitoring`)
    expect(body).toMatchObject({
      monitoring_level: 'normal',
      operation: started.text('operation.id'),
      audit_result: null,
    })
    expect((await api.ask('operator', 'DELETE', `${path}/monitoring`)).status).toBe(202)
  })
})

it('what audits found is never changed afterwards', async () => {
  const { server } = await audited({})
  for (const statement of [
    `update security_audits set score = 100`,
    `delete from security_audits where server_id = '${server.id}'`,
  ])
    await expect(api.store.pool.query(statement)).rejects.toThrow(/only ever added|permission denied/)
})
