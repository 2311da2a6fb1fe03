import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerQuestions, questionCommand } from '../../../commands/guard-questions.ts'
import type { HostAnswers, HostQuestion } from '../../../schema/host-questions.ts'
import { assessed } from './situation.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-questions-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A host whose tools are these scripts. */
function ask(questions: readonly HostQuestion[], tools: Readonly<Record<string, string>> = {}): HostAnswers {
  for (const [name, body] of Object.entries(tools))
    writeFileSync(join(directory, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  const stdout = execFileSync('sh', ['-c', questionCommand(questions).script], {
    env: { PATH: `${directory}:/usr/bin:/bin` },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return answerQuestions(questions, stdout)
}

const every: readonly HostQuestion[] = [
  { kind: 'containers', which: 'running' },
  { kind: 'containers', which: 'all' },
  { kind: 'services', pattern: "ng'inx*" },
  { kind: 'path', path: "/srv/it's here" },
  { kind: 'datasets', root: 'tank' },
  { kind: 'sessions' },
  { kind: 'guests' },
  { kind: 'parity' },
  { kind: 'container_details' },
  { kind: 'dependants', unit: "ng'inx" },
  { kind: 'links', paths: ["/srv/it's", '/etc'] },
  { kind: 'pools', pool: null },
  { kind: 'pools', pool: "ta'nk" },
  { kind: 'cluster' },
  { kind: 'package_locks' },
  { kind: 'volumes' },
  { kind: 'snap' },
  { kind: 'failed_units' },
  { kind: 'wsl' },
  { kind: 'docker_desktop' },
  { kind: 'ntfs', paths: ["/c/it's"] },
  { kind: 'backups', places: ["/back'up"], about: '-100-' },
]

describe('what is asked of a host', () => {
  it('is itself harmless', () => {
    expect(assessed(questionCommand(every).script)).toMatchObject({ verdict: 'allow', findings: [] })
  })

  it('is a question that a host without the tools leaves open', () => {
    expect(ask([{ kind: 'datasets', root: 'tank' }, { kind: 'parity' }, { kind: 'path', path: '/nowhere' }])).toEqual(
      {},
    )
  })

  it('counts containers by name, running and all', () => {
    const docker = 'case "$*" in *--all*) printf "a\\nb\\nc\\n";; *) printf "a\\nb\\n";; esac'
    expect(ask(every.slice(0, 2), { docker })).toEqual({ containers: { running: ['a', 'b'], all: ['a', 'b', 'c'] } })
  })

  it('adds to what an earlier question was answered', () => {
    const before: HostAnswers = { containers: { running: ['a'] }, links: { '/x': '/y' } }
    const stdout = '\0@q0\0b\nok\n'
    expect(answerQuestions([{ kind: 'containers', which: 'all' }], stdout, before)).toEqual({
      containers: { running: ['a'], all: ['b'] },
      links: { '/x': '/y' },
    })
  })

  it('tells no containers from no answer', () => {
    expect(ask(every.slice(0, 1), { docker: 'true' })).toEqual({ containers: { running: [] } })
    expect(ask(every.slice(0, 1), { docker: 'exit 1' })).toEqual({})
  })

  it('counts files and bytes under a path, whatever its name', () => {
    const path = join(directory, "it's $(here)\nnow")
    mkdirSync(path)
    writeFileSync(join(path, 'a'), 'x'.repeat(1000))
    writeFileSync(join(path, 'b'), 'y')
    const { paths } = ask([{ kind: 'path', path }])
    expect(paths?.[path]).toMatchObject({ files: 3, more: false })
    expect(paths?.[path]?.bytes).toBeGreaterThan(1000)
  })

  it('reads datasets, sessions, services and guests', () => {
    const tools = {
      zfs: 'printf "tank\\ntank/a\\ntank/a@x\\n"',
      who: 'echo "ann pts/0 2024-01-01 10:00"',
      systemctl: 'printf "nginx.service loaded active running web\\n"',
      qm: 'printf "      VMID NAME STATUS\\n       100 web running\\n"',
      pct: 'printf "VMID Status Lock Name\\n101 running backup db\\n"',
    }
    expect(
      ask(
        [
          { kind: 'datasets', root: 'tank' },
          { kind: 'sessions' },
          { kind: 'services', pattern: 'nginx*' },
          { kind: 'guests' },
        ],
        tools,
      ),
    ).toMatchObject({
      datasets: { tank: ['tank', 'tank/a', 'tank/a@x'] },
      sessions: ['ann pts/0'],
      services: { 'nginx*': ['nginx.service'] },
      guests: ['100 web', '101 db'],
    })
  })

  it('reads how far a parity operation is', () => {
    const status = [
      'mdState=STARTED',
      'mdResync=1000',
      'mdResyncSize=1000',
      'mdResyncPos=250',
      'mdResyncDt=1',
      'mdResyncDb=1',
    ].join('\\n')
    expect(ask([{ kind: 'parity' }], { mdcmd: `printf "${status}\\n"` }).parity).toMatchObject({
      running: true,
      percentage: 25,
      remaining: '0 h 12 min',
    })
    expect(ask([{ kind: 'parity' }], { mdcmd: 'printf "mdState=STARTED\\nmdResync=0\\n"' }).parity).toMatchObject({
      running: false,
    })
  })
})
