import type { CommandCategory } from '../schema/command.ts'
import { SshError } from './error.ts'
import type { Member } from './member.ts'
import type { Pool } from './pool.ts'
import type { Target } from './types.ts'

/**
 * Uses a pooled connection and, where one that had served before turns out to be dead, a fresh one: a firewall between
 * forgets idle connections without a word. Only for work that may be done again.
 */
export async function useTwice<T>(
  pool: Pool,
  target: Target,
  category: CommandCategory,
  o: { mayRepeat: () => boolean },
  work: (member: Member, attempt: number) => Promise<T>,
): Promise<T> {
  let hadServed = false
  try {
    return await pool.use(target, category, (member) => {
      hadServed = member.useCount > 1
      return work(member, 1)
    })
  } catch (error) {
    const lost = error instanceof SshError && (error.type === 'connection_lost' || error.type === 'connection_timeout')
    if (!lost || !hadServed || !o.mayRepeat()) throw error
    return await pool.use(target, category, (member) => work(member, 2))
  }
}
