import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AuditAnswer, auditLines } from '../../../cli/audit-lines.ts'
import { palette } from '../../../cli/colour.ts'
import { present } from '../../../api/present.ts'
import { Audit } from '../../../schema/audit.ts'
import { renderAudit } from '../../../schema/audit-report.ts'
import { checkResult, someAudit } from '../../support/audits.ts'

const audit = someAudit(
  { id: '01970000-0000-7000-8000-000000000001', name: 'web-1' },
  '01970000-0000-7000-8000-000000000002',
  {
    id: '01970000-0000-7000-8000-000000000003',
    at: '2026-01-01T00:00:00.000Z',
    privilege: 'user',
    areaScores: {
      ssh: { score: 50, passed: 1, warned: 0, failed: 1, skipped: 1 },
      logs: { score: null, passed: 0, warned: 0, failed: 0, skipped: 2 },
    },
    auditResult: [
      checkResult('ssh.root-login', 'fail'),
      checkResult('ssh.pam', 'pass'),
      checkResult('ssh.x11', 'skipped'),
    ],
  },
)
const linesOf = (o: { all: boolean }): string[] =>
  auditLines(AuditAnswer.parse(present(Audit, audit)), palette(true), o).map(stripVTControlCharacters)

describe('an audit in a terminal', () => {
  it('shows the score, the areas, and what is wrong with evidence and remedy', () => {
    expect(linesOf({ all: false })).toEqual([
      '',
      'web-1  50 of 100  high risk  non-compliant with profile baseline',
      '',
      'SSH   ██████████░░░░░░░░░░   50  1 fail    1 pass  1 skipped',
      'Logs  nothing to judge                             2 skipped',
      '',
      '✗ fail  It is well with ssh.root-login  high ssh.root-login',
      '        | evidence of ssh.root-login',
      '        | second line',
      '        → Mend ssh.root-login.',
      '',
      '→ drydock lockdown web-1  mends 1 of these',
      'Read without the rights of root: what only root may see was skipped.',
      '2 more passed or were skipped (--all shows them). Next audit due 2026-01-02T00:00:00.000Z.',
    ])
  })

  it('shows the rest too where that is asked for', () => {
    expect(linesOf({ all: true })).toEqual(
      expect.arrayContaining([
        '✓ pass  It is well with ssh.pam  ssh.pam',
        '- skip  It is well with ssh.x11  ssh.x11: evidence of ssh.x11',
      ]),
    )
  })
})

it('a report names areas, changes, and each check with its reference', async () => {
  await expect(renderAudit(audit)).toMatchFileSnapshot('audit-report.md')
})
