import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { expect, it } from 'vitest'
import { parseApplication } from '../../../cli/application-file.ts'

const sha256 = 'a'.repeat(64)
const whole = `name: hello
version: 2.0.0
artifact:
  source: https://example.net/hello-2.0.0.tar.gz
  sha256: ${sha256}
units:
  - name: hello
environment:
  PORT: 8080
  PASSWORD:
    secret: db-password
health:
  - http: http://127.0.0.1:8080/
    body: hello
`

const faultsIn = (text: string): string[] => {
  const read = parseApplication(text)
  return read.kind === 'faults' ? read.faults.map(({ line, field, problem }) => `${line} ${field}: ${problem}`) : []
}

it('reads an application with what it does not say filled in', () => {
  expect(parseApplication(whole)).toMatchObject({
    kind: 'application',
    application: {
      name: 'hello',
      artifact: { kind: 'tar.gz', strip: 0 },
      environment: { PORT: 8080, PASSWORD: { secret: 'db-password' } },
      strategy: { kind: 'rolling' },
      settle: '5s',
      keep: 5,
    },
  })
})

it.each([
  ['a field that is not known', whole.replace('version:', 'versoin:'), ['2 versoin: is no field here']],
  [
    'a checksum that is none',
    whole.replace(sha256, 'abc'),
    ['5 artifact.sha256: the SHA-256 of the file, 64 hexadecimal digits in lower case'],
  ],
  [
    'a checksum that is missing',
    whole.replace(`  sha256: ${sha256}\n`, ''),
    ['3 artifact.sha256: a tar.gz needs its sha256'],
  ],
  [
    'a health check of two kinds',
    whole.replace('body: hello', 'tcp: 80'),
    ['13 health.0: exactly one of http, tcp and command'],
  ],
  [
    'a variable that is a list',
    whole.replace('PORT: 8080', 'PORT: [8080]'),
    ['9 environment.PORT: expected text, a number, true or false, or {secret: NAME}'],
  ],
  ['a key that stands twice', `${whole}name: again\n`, ['15 YAML: Map keys must be unique']],
  [
    'several at once, in the order of the file',
    whole.replace('name: hello\n', 'name: Hello!\n').replace('http: http://127.0.0.1:8080/', 'http: nowhere'),
    [
      '1 name: lower-case letters, digits and dashes, up to 63, starting and ending with a letter or digit',
      '13 health.0.http: an address such as http://127.0.0.1:8080/health',
    ],
  ],
  ['a text that is no mapping', 'hello', ['1 the file: expected object, received string']],
])('tells the line of %s', (_, text, faults) => {
  expect(faultsIn(text)).toEqual(faults)
})

it.each(['https://user:secret@example.net/a.tar.gz', 'ftp://example.net/a.tar.gz', '/srv/a.tar.gz', 'https://'])(
  'does not take %s for a source',
  (source) => {
    expect(faultsIn(whole.replace('https://example.net/hello-2.0.0.tar.gz', source))).toEqual([
      expect.stringMatching(/^4 artifact.source/),
    ])
  },
)

it.each(['/', '/srv', '/etc/hello', '/srv/../etc/hello'])('does not let releases lie in %s', (root) => {
  expect(faultsIn(`${whole}root: ${root}\n`)).toHaveLength(1)
})

it('reads the example of the README', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const example = /```yaml\n(name: shop[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  expect(faultsIn(example)).toEqual([])
  expect(parseApplication(example)).toMatchObject({ application: { name: 'shop', keep: 5 } })
})

it('reads the example of two instances behind nginx, laid over the first one', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const [, example = ''] = /```yaml\n(name: shop[\s\S]*?)```/.exec(readme) ?? []
  const [, behind = ''] = /```yaml\n(units:\n {2}- name: shop@[\s\S]*?)```/.exec(readme) ?? []
  const both = stringify({ ...parse(example), ...parse(behind) })
  expect(faultsIn(both)).toEqual([])
  expect(parseApplication(both)).toMatchObject({ application: { strategy: { kind: 'canary', gate: '1h' } } })
})
