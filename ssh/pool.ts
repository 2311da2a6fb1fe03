import type { CommandCategory } from '../schema/command.ts'
import type { Settings } from '../schema/settings.ts'
import { type Breaker, createBreaker, whileOpen } from './breaker.ts'
import { ChannelRefused } from './channel.ts'
import { classifyConnectionError } from './classify.ts'
import { SshError } from './error.ts'
import { checkHealth } from './health.ts'
import { poolKey } from './key.ts'
import { connect, type Link, type LinkOptions } from './link.ts'
import { createMember, endIfDone, hasRoom, type Member, preferred, remember, retire } from './member.ts'
import { poolReport } from './pool-report.ts'
import { roomFor } from './room.ts'
import type { PoolReport, SshEvent, Target } from './types.ts'

type Waiter = {
  readonly target: Target
  readonly key: string
  readonly category: CommandCategory
  readonly give: (member: Member) => void
  readonly refuse: (error: SshError) => void
}

export type Pool = {
  /** Lends a connection with room for one channel; ends the loan on every path. A refused channel waits or takes another connection. */
  use<T>(target: Target, category: CommandCategory, work: (member: Member) => Promise<T>): Promise<T>
  borrow(target: Target, category: CommandCategory): Promise<Loan>
  evict(serverId: string, exceptUser: string): void
  report(): PoolReport
  close(): Promise<void>
}

export type Loan = { readonly member: Member; giveBack(error?: unknown): void }

const maximumRefusals = 20

/** All connections of one worker, by server and identity, under one set of limits (spec SSH-4, 5, 10, 12, 14). */
export function createPool(o: {
  settings: Settings['ssh']
  link: LinkOptions
  onEvent: (event: SshEvent) => void
}): Pool {
  const { settings, onEvent } = o
  const members = new Set<Member>()
  const breakers = new Map<string, Breaker>()
  const waiters: Waiter[] = []
  const opening: { readonly key: string; readonly target: Target; readonly done: Promise<void> }[] = []
  let lastCleanUp: number | null = null
  let closed = false
  let created = 0
  let lent = 0
  const cleaner = setInterval(cleanUp, settings.cleanUpMs)
  cleaner.unref()

  async function use<T>(target: Target, category: CommandCategory, work: (member: Member) => Promise<T>): Promise<T> {
    for (let refusals = 0; ; refusals++) {
      const loan = await borrow(target, category)
      try {
        const result = await work(loan.member)
        loan.giveBack()
        return result
      } catch (error) {
        loan.giveBack(error)
        if (!(error instanceof ChannelRefused)) throw error
        if (refusals < maximumRefusals) continue
        const because = `the host refuses further sessions: ${error.message}`
        throw new SshError({ type: 'resource_busy', host: target.name, because, cause: error })
      }
    }
  }

  async function borrow(target: Target, category: CommandCategory): Promise<Loan> {
    if (closed) throw new SshError({ type: 'connection_lost', host: target.name, because: 'the pool is closed' })
    const key = poolKey(target)
    const at = Date.now()
    const queueing = waiters.some((one) => one.key === key)
    const member = (queueing ? undefined : take(key, category)) ?? (await wait(target, key, category))
    lent += 1
    member.useCount += 1
    let onLoan = true
    const startedAt = Date.now()
    if (member.useCount > 1) onEvent({ kind: 'reused', serverId: target.serverId, connectionId: member.link.id })
    if (startedAt - at > 5) onEvent({ kind: 'waited', serverId: target.serverId, connectionId: member.link.id })
    return {
      member,
      giveBack(error) {
        if (!onLoan) return
        onLoan = false
        member.channels -= 1
        member.lastUsed = Date.now()
        const failed = error instanceof SshError
        remember(member, { category, at: startedAt, ms: Date.now() - startedAt, failed })
        if (error instanceof ChannelRefused) refused(member)
        if (error instanceof SshError && isConnectionFailure(error)) distrust(member)
        endIfDone(member)
        pump()
      },
    }
  }

  function take(key: string, category: CommandCategory): Member | undefined {
    const free = [...members].filter((member) => member.key === key && hasRoom(member) && !isStale(member))
    const member = preferred(free, category)
    if (member) member.channels += 1
    return member
  }

  function wait(target: Target, key: string, category: CommandCategory): Promise<Member> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        const at = waiters.indexOf(waiter)
        if (at >= 0) waiters.splice(at, 1)
      }
      const waiter: Waiter = {
        target,
        key,
        category,
        give: (member) => (leave(), resolve(member)),
        refuse: (error) => (leave(), reject(error)),
      }
      const timer = setTimeout(() => {
        const because = `no connection became free within ${settings.acquireTimeoutMs} ms`
        waiter.refuse(new SshError({ type: 'resource_busy', host: target.name, because }))
      }, settings.acquireTimeoutMs)
      waiters.push(waiter)
      pump()
    })
  }

  /** Serves who waits, in order: from what is free, else by opening as many connections as the waiting ones need. */
  function pump(): void {
    for (const waiter of waiters.slice()) {
      const member = take(waiter.key, waiter.category)
      if (member) waiter.give(member)
    }
    for (const waiter of waiters.slice()) {
      if (!waiters.includes(waiter)) continue
      const stale = [...members].find((one) => one.key === waiter.key && hasRoom(one) && isStale(one))
      if (stale) void check(stale)
      else openFor(waiter)
    }
  }

  function openFor({ target, key }: Waiter): void {
    const waiting = waiters.filter((one) => one.key === key).length
    const underWay = opening.filter((one) => one.key === key).length
    if (waiting <= underWay * settings.channelsPerConnection || closed) return
    if (!makeRoom(target)) return
    const breaker = breakerOf(target)
    const blocked = breaker.blockedBy()
    if (blocked || !breaker.tryNow()) {
      if (blocked && underWay === 0 && !isLive(key)) refuseAll(key, whileOpen(target.name, blocked))
      return
    }
    const entry = { key, target, done: Promise.resolve().then(() => open(target, key, breaker)) }
    opening.push(entry)
    void entry.done.finally(() => {
      opening.splice(opening.indexOf(entry), 1)
      pump()
    })
  }

  async function open(target: Target, key: string, breaker: Breaker): Promise<void> {
    let link: Link
    try {
      link = await connect(target, o.link)
    } catch (cause) {
      const error = cause instanceof SshError ? cause : unexpected(target, cause)
      breaker.failed(error)
      onEvent({ kind: 'failed', serverId: target.serverId, type: error.type })
      if (!isLive(key)) refuseAll(key, error)
      return
    }
    breaker.succeeded()
    created += 1
    const member = createMember(key, target, link, settings.channelsPerConnection, Date.now())
    members.add(member)
    onEvent({ kind: 'created', serverId: target.serverId, connectionId: link.id })
    void forgetWhenClosed(member)
    if (closed) await link.end()
  }

  async function forgetWhenClosed(member: Member): Promise<void> {
    const because = await member.link.closed
    members.delete(member)
    onEvent({ kind: 'closed', serverId: member.target.serverId, connectionId: member.link.id, because })
    pump()
  }

  const isLive = (key: string): boolean =>
    [...members].some((member) => member.key === key && member.link.isOpen() && !member.retiring)

  function refuseAll(key: string, error: SshError): void {
    for (const waiter of waiters.filter((one) => one.key === key)) waiter.refuse(error)
  }

  function breakerOf(target: Target): Breaker {
    const found = breakers.get(target.serverId)
    if (found) return found
    const made = createBreaker({
      failures: 3,
      delayMs: 5_000,
      now: Date.now,
      onChange: (state) => onEvent({ kind: 'breaker', serverId: target.serverId, state }),
    })
    breakers.set(target.serverId, made)
    return made
  }

  /** Whether a connection may be opened now; where ending an idle one makes room, ends it. */
  function makeRoom(target: Target): boolean {
    const room = roomFor({
      target,
      members: [...members],
      opening: opening.map((one) => one.target),
      waiting: waiters,
      settings,
      now: Date.now(),
    })
    if (room.kind === 'evict') {
      onEvent({ kind: 'evicted', serverId: room.victim.target.serverId, connectionId: room.victim.link.id })
      retire(room.victim)
    }
    return room.kind === 'open'
  }

  /** What ended one connection has most likely ended its idle siblings: the next caller gets a new one. */
  function distrust(member: Member): void {
    member.retiring = true
    for (const other of members) if (other.key === member.key && other.channels === 0) retire(other)
  }

  function refused(member: Member): void {
    onEvent({ kind: 'refused', serverId: member.target.serverId, connectionId: member.link.id })
    if (member.channels === 0) member.retiring = true
    else member.cap = Math.max(1, Math.min(member.cap, member.channels))
  }

  const isStale = (member: Member): boolean =>
    member.channels === 0 && Date.now() - Math.max(member.lastUsed, member.lastCheck ?? 0) > settings.healthCheckMs

  async function check(member: Member): Promise<void> {
    member.checking = true
    member.channels += 1
    const healthy = await checkHealth(member.link, member.target.name)
    member.channels -= 1
    member.lastCheck = Date.now()
    member.checking = false
    if (!healthy) retire(member)
    pump()
  }

  function cleanUp(): void {
    lastCleanUp = Date.now()
    for (const member of members) {
      const idleMs = member.target.port === 22 ? settings.idleMs : settings.idleMs / 2
      if (lastCleanUp - member.openedAt > settings.lifetimeMs) retire(member)
      else if (member.channels === 0 && lastCleanUp - member.lastUsed > idleMs) retire(member)
      else if (hasRoom(member) && isStale(member)) void check(member)
    }
  }

  function evict(serverId: string, exceptUser: string): void {
    const others = [...members].filter(({ target }) => target.serverId === serverId && target.login.user !== exceptUser)
    for (const member of others) {
      onEvent({ kind: 'evicted', serverId, connectionId: member.link.id })
      retire(member)
    }
  }

  /** Refuses who waits, ends what is open, and returns when every socket is closed. */
  async function close(): Promise<void> {
    closed = true
    clearInterval(cleaner)
    for (const { key, target } of waiters.slice()) {
      refuseAll(key, new SshError({ type: 'connection_lost', host: target.name, because: 'the pool is closing' }))
    }
    await Promise.all(opening.map((one) => one.done))
    await Promise.all([...members].map((member) => member.link.end()))
  }

  const report = () => {
    const figures = { opening: opening.length, waiting: waiters.length, lent, created, lastCleanUp }
    return poolReport({ members: [...members], ...figures })
  }

  return { use, borrow, evict, report, close }
}

const unexpected = (target: Target, cause: unknown): SshError =>
  new SshError({ type: classifyConnectionError(cause), host: target.name, because: String(cause), cause })

const isConnectionFailure = (error: SshError): boolean =>
  error.type === 'connection_lost' || error.type === 'connection_timeout'
