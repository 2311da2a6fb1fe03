import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type LabHost,
  type LoopbackSshd,
  bootHost,
  ensureLayer,
  images,
  isLabPossible,
  startLoopbackSshd,
} from '../../lab/index.ts'
import { expectLogin, expectLoginRefused, expectPortClosed, expectPortOpen, knock } from '../support/expect.ts'
import { useHost } from '../support/lab.ts'

const root = join(import.meta.dirname, '../..')
const answer = await isLabPossible()
const pids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name))
const commandLines = () => pids().map((pid) => (existsSync(`/proc/${pid}`) ? quietRead(`/proc/${pid}/cmdline`) : ''))
const links = () => execFileSync('ip', ['-o', 'link']).toString()

function quietRead(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended between the listing and the reading
  }
}

function lab(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'bin/lab.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => (stdout += String(text)))
  child.stderr.on('data', (text) => (stderr += String(text)))
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Its folder, its processes (they carry the folder in their command lines) and its end of the cable. */
function expectNothingLeftOf(host: Pick<LabHost, 'address' | 'keyPath'>): void {
  expect(existsSync(dirname(host.keyPath))).toBe(false)
  expect(commandLines().filter((line) => line.includes(dirname(host.keyPath)))).toEqual([])
  const gateway = host.address.replace(/\d+$/, (last) => String(Number(last) - 1))
  expect(execFileSync('ip', ['-o', 'address']).toString()).not.toContain(` ${gateway}/`)
}

describe.each(images)('a %s host', (image) => {
  const host = useHost({ name: `lab-${image}`, image })

  it('lets root in with the throwaway key, and with no other', async () => {
    expect(await expectLogin(host())).toBe('root\n')
    const stranger = join(dirname(host().keyPath), 'stranger')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
    await expectLoginRefused({ ...host(), keyPath: stranger })
  })

  it('runs a systemd that reached its goal, under its own name', async () => {
    const { stdout } = await host().sh('systemctl is-system-running --wait; hostname; readlink /proc/1/exe')
    expect(stdout).toMatch(new RegExp(`^running\nlab-${image}\n.*systemd\n$`))
  })

  it('installs real packages', async () => {
    const installed = await host().sh('apt-get update && apt-get install -y nftables && nft --version')
    expect(installed.exitCode, installed.stderr).toBe(0)
    expect(installed.stdout).toMatch(/^nftables v/m)
  })

  it('keeps its files and loses addresses, interfaces and firewall rules at a reboot, clean or by power cut', async () => {
    const bootId = 'cat /proc/sys/kernel/random/boot_id'
    const passing = [
      'ip link add lost type veth peer name lost-too',
      'ip address add 10.77.255.1/32 dev host0',
      'apt-get install -y nftables || { apt-get update && apt-get install -y nftables; }',
      'nft add table ip lost',
    ]
    for (const how of ['clean', 'power_cut'] as const) {
      const before = await host().sh(bootId)
      const prepared = await host().sh(`set -e; ${passing.join('; ')}; echo ${how} >/root/kept; sync`)
      expect(prepared.exitCode, prepared.stderr).toBe(0)
      await host().reboot(how)
      expect((await host().sh(bootId)).stdout).not.toBe(before.stdout)
      const after = await expectLogin(host(), 'cat /root/kept; ip -o link; ip -o -4 address; nft list tables')
      expect(after).toContain(`${how}\n`)
      expect(after).toContain(`${host().address}/30`)
      expect(after).not.toMatch(/lost|10\.77\.255\.1/)
    }
  })

  it('falls silent while its network is cut, and is itself again afterwards', async () => {
    await expectPortOpen(host())
    await host().cutNetwork()
    expect(await knock(host())).toBe('silent')
    expect((await host().sh('echo inside')).stdout).toBe('inside\n')
    await host().restoreNetwork()
    await expectPortOpen(host())
  })
})

describe.skipIf(!answer.possible)('hosts together', () => {
  it('have addresses of their own when several processes boot at once, and leave nothing when stopped', async () => {
    const hosts = await Promise.all(['one', 'one', 'two'].map((name) => bootHost({ name })))
    try {
      expect(new Set(hosts.map((host) => host.address)).size).toBe(3)
      for (const host of hosts) expect(await expectLogin(host, 'hostname')).toBe(`${host.name}\n`)
    } finally {
      await Promise.all(hosts.map((host) => host.stop()))
    }
    for (const host of hosts) expectNothingLeftOf(host)
  })

  it('start from the files that another has come to have, as themselves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-layer-'))
    const first = await bootHost({ name: 'first' })
    try {
      await first.sh('echo kept > /etc/kept; rm /etc/motd; rm -r /usr/share/doc')
      await first.copyFiles(join(folder, 'layer'))
      const second = await bootHost({ name: 'second', layer: join(folder, 'layer') })
      try {
        const look = 'hostname; cat /etc/kept; ls -d /etc/motd /usr/share/doc 2> /dev/null; cat /etc/machine-id'
        const [one, two] = [await expectLogin(first, `${look} || true`), await expectLogin(second, `${look} || true`)]
        expect([one.split('\n').slice(0, 2), two.split('\n').slice(0, 2)]).toEqual([
          ['first', 'kept'],
          ['second', 'kept'],
        ])
        expect(two.split('\n')[2]).toMatch(/^[0-9a-f]{32}$/)
        expect(two.split('\n')[2]).not.toBe(one.split('\n')[2])
        await expectLoginRefused({ ...second, keyPath: first.keyPath })
      } finally {
        await second.stop()
      }
    } finally {
      await first.stop()
      rmSync(folder, { recursive: true })
    }
  })

  it('find files that are kept made once however many ask, anew when they are made of something else, never half', async () => {
    const makings = randomUUID()
    let made = 0
    const layerOf = (of: string) =>
      ensureLayer({ name: 'test', image: 'bookworm', makings: of }, async (into) => {
        made += 1
        mkdirSync(into)
        if (of === 'nothing') throw new Error('not made')
      })
    const [one, same] = await Promise.all([layerOf(makings), layerOf(makings)])
    expect([same, made]).toEqual([one, 1])
    const other = await layerOf(`${makings} and more`)
    expect([other === one, made]).toEqual([false, 2])
    for (const _ of [1, 2]) await expect(layerOf('nothing')).rejects.toThrow('not made')
    expect(made).toBe(4)
    for (const layer of [one, other]) rmSync(layer, { recursive: true })
  })

  it('reach each other, so that one can be the way to the next', async () => {
    const [near, far] = await Promise.all([bootHost({ name: 'near' }), bootHost({ name: 'far' })])
    try {
      const banner = await near.sh(
        `exec 3<>/dev/tcp/${far.address}/22; head -c 7 <&3`.replace(/^/, "bash -c '").concat("'"),
      )
      expect(banner.stdout).toBe('SSH-2.0')
    } finally {
      await Promise.all([near.stop(), far.stop()])
    }
  })

  it('end with their owner, even when it is killed', async () => {
    const script = `import { bootHost } from ${JSON.stringify(join(root, 'lab/index.ts'))}
      const host = await bootHost({ name: 'orphan' })
      console.log(JSON.stringify({ address: host.address, folder: host.keyPath }))
      setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root })
    const said = await new Promise<string>((resolve, reject) => {
      owner.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
      owner.once('close', () => reject(new Error('the owner ended before its host was up')))
    })
    const { address, folder } = JSON.parse(said)
    await expectPortOpen({ address, port: 22 })
    owner.kill('SIGKILL')
    await vi.waitFor(() => expect(commandLines().filter((line) => line.includes(dirname(folder)))).toEqual([]), 15_000)
    const next = await bootHost({ name: 'next' }) // a boot sweeps what the dead have left
    await next.stop()
    expect(existsSync(dirname(folder))).toBe(false)
  })
})

describe.skipIf(!answer.possible)('npm run lab', () => {
  const name = `cli-${process.pid}`

  it('keeps a host up after the command has ended, until it is taken down', async () => {
    const up = await lab('up', name, '--json')
    expect(up.code, up.stderr).toBe(0)
    const shown = JSON.parse(up.stdout)
    expect(shown).toMatchObject({ name, image: 'bookworm', port: 22, user: 'root' })
    try {
      expect(await expectLogin(shown, 'hostname')).toBe(`${name}\n`)
      expect((await lab('list')).stdout).toContain(`${name}  bookworm  root@${shown.address}:22`)
      expect(await lab('up', name)).toMatchObject({ code: 1, stderr: expect.stringContaining('is already up') })
      const wrong = await lab('down', 'nobody-knows-it')
      expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(new RegExp(`Up: .*${name}`)) })
    } finally {
      expect(await lab('down', name)).toMatchObject({ code: 0, stdout: `${name} is gone.\n` })
    }
    expectNothingLeftOf(shown)
    expect((await lab('list')).stdout).not.toContain(name)
  })

  it.each([
    [['up'], 'The name of the host is missing.'],
    [['up', 'Big_Name'], '"Big_Name" cannot be the name of a host: lower-case letters'],
    [['up', 'web', '--image', 'sid'], 'There is no image "sid"; there are bookworm and trixie.'],
    [['fly'], 'The lab does not know "fly".'],
    [['up', 'web', '--fast'], "Unknown option '--fast'"],
  ])('answers %j with what is expected', async (args, expected) => {
    const refused = await lab(...args)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(expected)
    expect(refused.stderr).toContain('npm run lab -- up NAME')
  })
})

describe.skipIf(!answer.possible)('a loopback sshd', () => {
  let sshd: LoopbackSshd
  beforeAll(async () => {
    sshd = await startLoopbackSshd({ addresses: 40, config: { MaxSessions: '3' } })
  })
  afterAll(() => sshd.stop())

  it('listens at every address and counts log-ins', async () => {
    const [first, last] = [sshd.addresses[0] ?? '', sshd.addresses[39] ?? '']
    for (const address of [first, last]) expect(await expectLogin({ ...sshd, address })).toBe('root\n')
    expect(await sshd.logins()).toBe(2)
    await expectPortClosed({ address: '127.0.77.41', port: sshd.port })
  })
})

it.skipIf(!answer.possible)('leaves no interface, table or forwarding when the last host is gone', async () => {
  const host: LabHost = await bootHost({ name: 'last' })
  const device =
    execFileSync('ip', ['-o', 'route', 'get', host.address])
      .toString()
      .match(/ dev (\S+)/)?.[1] ?? ''
  expect(links()).toContain(` ${device}@`)
  await host.stop()
  expect(links()).not.toContain(` ${device}@`)
  // Other test files may have hosts of their own at this moment: then the table is theirs.
  if (!/ ddlab-\d+@/.test(links()))
    expect(execFileSync('nft', ['list', 'tables']).toString()).not.toContain('drydock_lab')
})
