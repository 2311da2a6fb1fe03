import { classifyConnectionError } from './classify.ts'
import { reachFor } from './access.ts'
import { SshError } from './error.ts'
import { connect, type Link, type LinkOptions } from './link.ts'
import { probe } from './probe.ts'
import type { LoginTest, Target } from './types.ts'

/** Logs in anew, past the pool and its breaker, runs a line and, where asked, the same by sudo. */
export async function testLogin(target: Target, o: { sudo: boolean; link: LinkOptions }): Promise<LoginTest> {
  const startedAt = performance.now()
  const user = target.login.user
  let link: Link | null = null
  let loggedIn = false
  const ask = (on: Link, as: 'root' | 'app') =>
    probe(on, {
      host: target.name,
      login: user,
      reach: reachFor(target, as),
      openTimeoutMs: o.link.settings.connectTimeoutMs,
      timeoutMs: o.link.settings.connectTimeoutMs,
    })
  const answer = (rest: Pick<LoginTest, 'success' | 'errorType' | 'message' | 'sudo'>): LoginTest => ({
    user,
    durationMs: Math.round(performance.now() - startedAt),
    ...rest,
  })
  try {
    link = await connect(target, o.link)
    await ask(link, 'app')
    loggedIn = true
    const sudo = o.sudo ? (await ask(link, 'root')).uid === 0 : null
    return answer({ success: sudo !== false, errorType: null, message: null, sudo })
  } catch (error) {
    const errorType = error instanceof SshError ? error.type : classifyConnectionError(error)
    const message = error instanceof Error ? error.message : String(error)
    return answer({ success: false, errorType, message, sudo: loggedIn && o.sudo ? false : null })
  } finally {
    await link?.end()
  }
}
