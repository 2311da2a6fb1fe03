import assert from 'node:assert/strict'
import type { LabHost } from '../../lab/index.ts'
import type { Installation } from '../support/installation.ts'
import { seeThrough } from '../support/lockdowns.ts'
import { prepare, type Prepared, type PreparedServer } from '../support/prepared-host.ts'
import { ssh } from '../support/ssh-client.ts'
import { differences, onAnyServer, type ServerState, stateOf } from './server-state.ts'
import { leftOn, say } from './witness.ts'

/** `with_packages`: the lockdown installs what it needs, from files that are there. `ready`: it finds them installed. */
export type Beginning = 'with_packages' | 'ready'

/** How a lockdown goes when nobody disturbs it, and servers on which another may be tried. */
export type Lockable = {
  readonly prepared: Prepared
  readonly ms: number
  /** What such a server is in the end, but for what differs between any two. */
  readonly locked: ServerState
}

/** A machine on which others work too takes minutes to install packages. */
const patienceMs = 600_000

/** Prepares servers, and locks one down in peace: else nothing could be held against it. */
export async function makeLockable(drydock: Installation, beginning: Beginning): Promise<Lockable> {
  const prepared = await prepare(drydock, {
    name: 'chaos',
    kept: `lockdown-${beginning}`,
    recipe: `${String(getReadyForLockdown)}\n${watchJournal}`,
    makeReady: (server) => getReadyForLockdown(drydock, server, beginning),
  })
  return lockDownInPeace(drydock, prepared).catch(async (error: unknown) => {
    await prepared.close()
    throw error
  })
}

async function lockDownInPeace(drydock: Installation, prepared: Prepared): Promise<Lockable> {
  const server = await prepared.boot(drydock)
  try {
    await makeFresh(server.host)
    const begun = Date.now()
    const begin = await drydock.start('POST', `/v1/servers/${server.name}/lockdowns`, { revert_after_ms: 600_000 })
    const done = await seeThrough(drydock, begin.id, patienceMs)
    const ms = Date.now() - begun
    assert.equal(done.result?.state, 'succeeded', JSON.stringify(done.result))
    await expectTruth(drydock, server, true)
    return { prepared, ms, locked: onAnyServer(await stateOf(server.host)) }
  } finally {
    await server.host.stop()
  }
}

/** Has what a lockdown would install there: as files only, or installed. */
export async function getReadyForLockdown(
  drydock: Installation,
  { host, name }: PreparedServer,
  beginning: Beginning,
): Promise<void> {
  const preview = await drydock.finish('POST', `/v1/servers/${name}/lockdowns`, { dry_run: true })
  const packages = /"title":"Install ([^"]+)"/.exec(JSON.stringify(preview.plan))?.[1]?.split(', ').join(' ')
  assert.ok(packages !== undefined, 'the preview of a lockdown names no packages')
  const way = beginning === 'ready' ? '' : '--download-only'
  await say(
    host,
    `export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get install -y -q ${way} ${packages}`,
  )
  if (beginning === 'ready') await say(host, watchJournal)
}

/** As it comes, Debian 12's fail2ban waits for a log file that nobody writes, and does not run. */
const watchJournal = `printf '[sshd]\nbackend = systemd\n' > /etc/fail2ban/jail.d/journal.local && systemctl restart fail2ban`

/** Lists that count as new: no server asks the mirror. */
const makeFresh = (host: LabHost): Promise<string> =>
  say(host, 'mkdir -p /var/lib/drydock; touch /var/lib/drydock/package-lists')

/** A lockdown under way, to be disturbed. */
export type LockdownUnderWay = {
  readonly operationId: string
  readonly host: LabHost
  /** The step at work, by Drydock's word. */
  whereabouts(): Promise<string>
  /** Ended somehow: people get in, all is old or all is new, and what Drydock says of it is so. */
  expectTrueEnd(): Promise<string>
  close(): Promise<void>
}

export async function beginLockdown(
  drydock: Installation,
  { prepared, locked }: Lockable,
  revertAfterMs: number,
): Promise<LockdownUnderWay> {
  const server = await prepared.boot(drydock)
  const { host } = server
  try {
    await makeFresh(host)
    const before = await stateOf(host)
    const { id } = await drydock.start('POST', `/v1/servers/${server.name}/lockdowns`, {
      revert_after_ms: revertAfterMs,
    })
    return {
      operationId: id,
      host,
      whereabouts: async () => {
        const { state, steps = [] } = await drydock.operation(id)
        const last = steps.at(-1)
        return last === undefined ? state : `${last.id} ${last.state}`
      },
      async expectTrueEnd() {
        const { result } = await seeThrough(drydock, id, patienceMs)
        if (result === null) throw new Error('it has no result')
        const told = `${result.state} (${result.message})`
        try {
          const isLocked = await expectTruth(drydock, server)
          assert.equal(await leftOn(host, id), '', 'processes left on the server')
          await expectWhole(host, result, { old: before, locked, isLocked })
        } catch (error) {
          throw new Error(`${told}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
        }
        return result.state
      },
      close: () => host.stop(),
    }
  } catch (error) {
    await host.stop()
    throw error
  }
}

/** The application user gets in and may use sudo; root does where the registry calls the server open, and only there. */
async function expectTruth(drydock: Installation, { host, id }: PreparedServer, wanted?: boolean): Promise<boolean> {
  const { address, port, keyPath, hostKeys } = host
  const logIn = (user: string, command: string) => ssh({ address, port, keyPath, hostKeys, user }, command)
  const app = await logIn('app', 'sudo -n id -un')
  assert.deepEqual([app.exitCode, app.stdout], [0, 'root\n'], `the application user is locked out: ${app.stderr}`)
  const isLocked = (await drydock.store.servers.get(id))?.securityLocked === true
  const root = await logIn('root', 'id -un')
  const isOpen = root.exitCode === 0
  assert.equal(isOpen, !isLocked, `locked is ${isLocked}, and root ${isOpen ? 'gets in' : `does not: ${root.stderr}`}`)
  assert.equal(isLocked, wanted ?? isLocked, 'the flag')
  return isLocked
}

type States = { readonly old: ServerState; readonly locked: ServerState; readonly isLocked: boolean }

/** An end that says how the server is now is held to it in everything; where nobody can tell, it is still one or the other. */
async function expectWhole(
  host: LabHost,
  { state, message }: { readonly state: string; readonly message: string },
  { old, locked, isLocked }: States,
): Promise<void> {
  const now = await stateOf(host)
  const fromOld = changesOf(now, old)
  const fromNew = changesOf(onAnyServer(now), locked)
  const isUnclear = state === 'unknown' || state === 'failed' || state === 'rollback_failed'
  assert.ok(isUnclear || isLocked === (state === 'succeeded'), `the flag says ${isLocked}`)
  const all = isLocked ? fromNew : fromOld
  // Packages that were cut off while they came may have started their daemons; rules and settings they do not touch.
  const mayHaveStarted = isUnclear && message.includes('"Install ')
  const found = all.filter((line) => (!isUnclear || isInForce(line)) && !(mayHaveStarted && ofPackages.test(line)))
  assert.deepEqual(found.slice(0, 40), [], `${found.length} lines differ from the ${isLocked ? 'new' : 'old'} state`)
}

const changesOf = (is: ServerState, wanted: ServerState): string[] => [
  ...differences(is.written, wanted.written).map((line) => `written ${line}`),
  ...differences(is.inForce, wanted.inForce).map((line) => `in force ${line}`),
]
const ofPackages = /^in force [+-] (ufw|fail2ban|nftables|unattended-upgrades)\.service /
const isInForce = (line: string): boolean => line.startsWith('in force')
