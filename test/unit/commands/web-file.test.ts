import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchFile, measureWebFile, parseWebFileSize, type WebFile, withoutKeys } from '../../../commands/web-file.ts'

const content = 'what lies at the address'
const folder = mkdtempSync(join(tmpdir(), 'drydock-web-'))
const askedFor: string[] = []
let web: Server
let base = ''
beforeAll(async () => {
  web = createServer(({ method = '', url = '' }, answer) => {
    askedFor.push(`${method} ${url}`)
    if (url.startsWith('/moved')) answer.writeHead(302, { location: '/file', 'content-length': 7 }).end('moved..')
    else if (url.startsWith('/none')) answer.writeHead(404, { 'content-length': 9 }).end('not found')
    else answer.writeHead(200, url === '/unsized' ? {} : { 'content-length': content.length }).end(content)
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const address = web.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => {
  web.close()
  rmSync(folder, { recursive: true })
})

const at = (path: string, protocols: WebFile['protocols'] = 'http,https'): WebFile => ({
  url: `${base}${path}`,
  protocols,
})

/** Without `curl`, a shell that says it has none. */
const without = { none: 'command() { false; }\n', curl: '', wget: 'command() { [ "$2" != curl ]; }\n' }

const sh = (script: string) =>
  new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile('sh', ['-c', script], (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

describe.each(['curl', 'wget'] as const)('by %s', (tool) => {
  const fetch = (file: WebFile, to: string) => sh(`${without[tool]}${fetchFile(file, to, 1_000).text}`)
  const measure = async (file: WebFile) =>
    parseWebFileSize((await sh(`${without[tool]}${measureWebFile(file).script}`)).stdout)

  it('a file is fetched, also from where it has moved to', async () => {
    for (const path of ['/file', '/moved?to=there', `/file?key=a'b"c\\d $(id)`]) {
      const to = join(folder, `${tool} 'it'`)
      expect(await fetch(at(path), to), path).toMatchObject({ status: 0 })
      expect(readFileSync(to, 'utf8')).toBe(content)
      rmSync(to)
    }
    expect(askedFor.filter((one) => one.includes('key=')).at(-1)).toMatch(/key=a(%27|')b(%22|")c(%5C|\\)d(%20| )/)
  })

  it('a file that is not there is a failure', async () => {
    expect((await fetch(at('/none'), join(folder, 'none'))).status).not.toBe(0)
    expect(await measure(at('/none'))).toBeNull()
  })

  it('the size of a file is asked without fetching it, where it has moved to too', async () => {
    askedFor.length = 0
    expect([await measure(at('/file')), await measure(at('/moved')), await measure(at('/unsized'))]).toEqual([
      content.length,
      content.length,
      null,
    ])
    expect(askedFor.filter((one) => !one.startsWith('HEAD '))).toEqual([])
  })
})

it('where there is neither, or nobody answers, the reason is told', async () => {
  expect((await sh(`${without.none}${measureWebFile(at('/file')).script}`)).stderr).toBe(
    'neither curl nor wget is installed there\n',
  )
  for (const tool of [without.curl, without.wget]) {
    const nobody = measureWebFile({ url: 'https://127.0.0.1:1/file', protocols: 'https' })
    const { stdout, stderr } = await sh(`${tool}${nobody.script}`)
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/refused|Failed to connect/)])
  }
})

it('curl keeps to HTTPS where nothing else is allowed', async () => {
  const { status, stderr } = await sh(fetchFile(at('/file', 'https'), join(folder, 'never'), 1_000).text)
  expect([status, stderr]).toEqual([1, expect.stringContaining('http')])
})

it('an address stands in no argument, and its keys in no title', () => {
  const file: WebFile = { url: 'https://me:secret@builds.example.net/a.tgz?key=secret', protocols: 'https' }
  const [first = ''] = fetchFile(file, '/srv/a', 1)
    .text.split('\n')
    .filter((line) => line.startsWith('curl'))
  expect(first).not.toContain('secret')
  expect(measureWebFile(file).shown).toBe('ask how large https://builds.example.net/a.tgz?… is')
  expect(withoutKeys('https://builds.example.net/a.tgz')).toBe('https://builds.example.net/a.tgz')
})
