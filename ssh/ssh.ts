import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Command } from '../schema/command.ts'
import { limitMs } from '../schema/problem-policy.ts'
import type { Cleared, IsCleared } from '../schema/run.ts'
import type { HostKey } from '../schema/server.ts'
import { probeOnce, reachFor } from './access.ts'
import { ChannelRefused } from './channel.ts'
import { killOn, signalOn, sweepOn } from './end-run.ts'
import { SshError } from './error.ts'
import { readOn, streamOn } from './exec.ts'
import { assertMayContact } from './identity.ts'
import { poolKey } from './key.ts'
import { testLogin } from './login-test.ts'
import type { Member } from './member.ts'
import { createPool } from './pool.ts'
import { runOn } from './run.ts'
import { scanHostKeys } from './scan.ts'
import { createSingleFlight } from './single-flight.ts'
import { useTwice } from './second-try.ts'
import { receiveFile, sendFile } from './transfer.ts'
import type { ExecResult, Ssh, SshOptions, StreamEvent, StreamOptions, Target } from './types.ts'

/** Makes the one way to hosts that a worker has. */
export function createSsh(o: SshOptions): Ssh {
  const { settings } = o
  const onEvent = o.onEvent ?? (() => undefined)
  const link = {
    settings,
    learned: new Map<string, HostKey>(),
    onLearned: (serverId: string, hostKey: HostKey) => onEvent({ kind: 'host_key_learned', serverId, hostKey }),
  }
  const pool = createPool({ settings, link, onEvent })
  const share = createSingleFlight<ExecResult>()
  const openTimeoutMs = settings.connectTimeoutMs

  return {
    scanHostKeys: (at) => scanHostKeys({ ...at, settings }),

    async read(target, cleared, options) {
      assertMayRun(o.isCleared, target, cleared, ['read'])
      const timeoutMs = options.timeoutMs ?? timeoutOf(cleared.command)
      const limitBytes = options.limitBytes ?? settings.outputLimitBytes
      const start = (signal: AbortSignal) =>
        useTwice(pool, target, cleared.command.category, { mayRepeat: () => !signal.aborted }, (member, attempt) =>
          readOn({ member, target }, cleared, { ...options, signal, attempt, timeoutMs, limitBytes, openTimeoutMs }),
        )
      const same = JSON.stringify([poolKey(target), options.as, timeoutMs, limitBytes, cleared.command.script])
      const key = options.fresh ? randomUUID() : same
      return logged(options.log ?? o.log, target, cleared.command, () => share(key, options.signal, start))
    },

    stream(target, cleared, options) {
      assertMayRun(o.isCleared, target, cleared, ['read'])
      return streamFrom(target, cleared, options)
    },

    async run(target, cleared, options) {
      assertMayRun(o.isCleared, target, cleared, ['read', 'change'])
      let heard = false
      const onOutput: typeof options.onOutput = (chunks) => {
        heard = true
        return options.onOutput(chunks)
      }
      // Once output was stored, only the caller knows from which offset to read on.
      const mayRepeat = () => !heard && options.signal?.aborted !== true
      return logged(options.log ?? o.log, target, cleared.command, () =>
        useTwice(pool, target, cleared.command.category, { mayRepeat }, (member) =>
          runOn({ member, target }, cleared, {
            ...options,
            onOutput,
            openTimeoutMs,
            limitBytes: settings.outputLimitBytes,
          }),
        ),
      )
    },

    send(target, cleared, options) {
      for (const one of [cleared, options.along ?? cleared]) assertMayRun(o.isCleared, target, one, ['change'])
      return logged(options.log ?? o.log, target, cleared.command, async () => ({
        way: await sendFile(pool, target, cleared, { ...options, openTimeoutMs }),
      }))
    },

    receive(target, cleared, options) {
      assertMayRun(o.isCleared, target, cleared, ['read'])
      return logged(options.log ?? o.log, target, cleared.command, async () => ({
        way: await receiveFile(pool, target, cleared, { ...options, openTimeoutMs }),
      }))
    },

    kill(target, { runId, as, log }) {
      const work = (member: Member) => killOn({ member, target }, { runId, as, openTimeoutMs })
      const what = { shown: `end run ${runId}` }
      return logged(log ?? o.log, target, what, () => useTwice(pool, target, 'system', { mayRepeat: always }, work))
    },

    signal(target, { runId, as, signal, log }) {
      const work = async (member: Member) => ({
        processes: await signalOn({ member, target }, { runId, as, signal, openTimeoutMs }),
      })
      const what = { shown: `send ${signal} to run ${runId}` }
      return logged(log ?? o.log, target, what, () => useTwice(pool, target, 'system', { mayRepeat: always }, work))
    },

    async sweep(target, { runIds, as }) {
      if (runIds.length > 0)
        await useTwice(pool, target, 'system', { mayRepeat: always }, (member) =>
          sweepOn({ member, target }, { runIds, as, openTimeoutMs }),
        )
    },

    boot: (target) =>
      useTwice(
        pool,
        target,
        'system',
        { mayRepeat: always },
        async (member) => (await probeOnce({ member, target }, reachFor(target, 'app'), openTimeoutMs)).boot,
      ),

    testLogin: (target, { sudo }) => testLogin(target, { sudo, link }),
    evict: (serverId, { except }) => pool.evict(serverId, except),
    pool: () => pool.report(),
    close: () => pool.close(),
  }

  async function* streamFrom(
    target: Target,
    cleared: Cleared,
    options: StreamOptions,
  ): AsyncGenerator<StreamEvent, void, undefined> {
    for (let refusals = 0; ; refusals++) {
      const loan = await pool.borrow(target, cleared.command.category)
      let failure: unknown
      try {
        yield* streamOn({ member: loan.member, target }, cleared, { ...options, openTimeoutMs })
        return
      } catch (error) {
        failure = error
        // Refused before it began: it waits in the queue like everybody else.
        if (!(error instanceof ChannelRefused) || refusals >= 20) throw error
      } finally {
        loan.giveBack(failure)
      }
    }
  }
}

const always = (): boolean => true

const timeoutOf = (command: Command): number => command.timeoutMs ?? limitMs(command.category)

function assertMayRun(isCleared: IsCleared, target: Target, cleared: Cleared, effects: Command['effect'][]): void {
  const refuse = (because: string) => new SshError({ type: 'permission_denied', host: target.name, because })
  assertMayContact(target)
  if (!isCleared(cleared)) throw refuse('the guard has not let this command through')
  if (cleared.serverId !== target.serverId) throw refuse('the guard has let this command through for another server')
  if (!effects.includes(cleared.command.effect))
    throw refuse('a command that changes something runs only as a durable run')
}

/** One line a command (spec LOG-4): what was shown of it and how it went, never its text. */
async function logged<T extends object | string>(
  log: Logger,
  target: Target,
  command: Pick<Command, 'shown'>,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  const line = { server: target.name, user: target.login.user, command: command.shown }
  const since = () => Math.round(performance.now() - startedAt)
  try {
    const result = await work()
    log.info({ ...line, ...figuresOf(result), durationMs: since() }, 'ran a command')
    return result
  } catch (error) {
    const failure =
      error instanceof SshError ? { type: error.type, because: error.because } : { because: String(error) }
    log.warn({ ...line, ...failure, durationMs: since() }, 'a command could not be run')
    throw error
  }
}

function figuresOf(result: object | string): Record<string, unknown> {
  if (typeof result === 'string') return { result }
  const names = [
    'exitCode',
    'success',
    'timedOut',
    'kind',
    'signal',
    'because',
    'connectionId',
    'attempt',
    'processes',
    'way',
  ]
  const figures = Object.fromEntries(Object.entries(result).filter(([name]) => names.includes(name)))
  const { stdout, stderr } = { stdout: undefined, stderr: undefined, ...result }
  return { ...figures, stdoutLength: lengthOf(stdout), stderrLength: lengthOf(stderr) }
}

const lengthOf = (text: unknown): number | undefined => (typeof text === 'string' ? text.length : undefined)
