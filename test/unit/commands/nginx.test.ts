import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeCanary } from '../../../commands/canary.ts'
import { membersIn, upstreamText } from '../../../commands/nginx.ts'

const blue = { name: 'blue', port: 8081, weight: 1 }
const green = { name: 'green', port: 8082, weight: 4 }
const upstream = { name: 'my-shop', path: '/etc/nginx/conf.d/drydock-my-shop.conf', site: null, logged: false }

describe('the file of an upstream', () => {
  it('names who gets requests, and gives the log a format that a site may name too', () => {
    expect(
      upstreamText({ ...upstream, members: [blue] }),
    ).toBe(`# Drydock writes this file anew with each deployment: what is changed here is lost.
upstream my-shop {
    server 127.0.0.1:8081 max_fails=0; # blue
}
map $proxy_host $drydock_my_shop { my-shop 1; default 0; }
log_format drydock_my_shop '$upstream_addr $upstream_status';
`)
  })

  it('gives shares, a log while a canary is watched, and the site that the application brings', () => {
    const text = upstreamText({ ...upstream, members: [blue, green], logged: true, site: 'server { listen 80; }' })
    expect(text).toContain(
      '    server 127.0.0.1:8081 weight=1 max_fails=0; # blue\n    server 127.0.0.1:8082 weight=4 max_fails=0; # green\n',
    )
    expect(text).toContain(
      'access_log /var/log/nginx/drydock-my-shop.log drydock_my_shop if=$drydock_my_shop;\nserver {',
    )
  })

  it('is read again as it was written', () => {
    expect(membersIn(upstreamText({ ...upstream, members: [blue, green] }))).toEqual([
      { name: 'blue', port: 8081 },
      { name: 'green', port: 8082 },
    ])
    expect(membersIn('upstream shop { server 10.0.0.1:80; }')).toEqual([])
  })
})

const judge = (log: readonly string[], o: { errors?: number; least?: number; isNeeded?: boolean } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-canary-'))
  const path = join(folder, 'log')
  writeFileSync(path, log.map((line) => `${line}\n`).join(''))
  const answers = { log: path, address: '127.0.0.1:8082', errors: o.errors ?? 10 }
  const around = { units: [], cwd: '/', user: 'app' }
  const { least = 1, isNeeded = true } = o
  const { script } = judgeCanary({ checks: [], around, answers }, { least, isNeeded, effect: 'read' })
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return { status, said: (stdout + stderr).trim() }
}
const well = (count: number): string[] => Array.from({ length: count }, () => '127.0.0.1:8082 200')

describe('the judgement of a canary', () => {
  it.each([
    ['answers well', well(20), {}, 0],
    ['answers badly, within what is allowed', [...well(9), '127.0.0.1:8082 500'], {}, 0],
    ['answers badly', [...well(8), '127.0.0.1:8082 500', '127.0.0.1:8082 502'], {}, 1],
    ['is not found, which is no failure of its own', [...well(5), ...well(5).map(() => '127.0.0.1:8082 404')], {}, 0],
    ['is one of several that were tried', ['127.0.0.1:8082, 127.0.0.1:8081 502, 200'], {}, 1],
    ['is passed over where another answered badly', [...well(2), '127.0.0.1:8081, 127.0.0.1:8082 502, 200'], {}, 0],
    ['gave no answer though some are needed', ['127.0.0.1:8081 200'], {}, 1],
    ['gave no answer yet', [], { isNeeded: false, least: 50 }, 0],
    ['gave too few to be judged yet', ['127.0.0.1:8082 500'], { isNeeded: false, least: 50 }, 0],
    ['gave none, and none are needed', [], { least: 0 }, 0],
  ] as const)('of one that %s', (_, log, o, status) => {
    const judged = judge(log, o)
    expect(judged, judged.said).toMatchObject({ status })
  })

  it('tells how many there were', () => {
    expect(judge([...well(3), '127.0.0.1:8082 503']).said).toContain('1 of 4 answers of the new release')
  })
})
