import { Failure } from './failure.ts'

/** Work on this machine rather than through the API: what goes wrong there is told in its own words. */
export async function locally<T>(doing: string, work: () => Promise<T>, ...suggestions: string[]): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof Failure || !(cause instanceof Error)) throw cause
    const details = process.env.DRYDOCK_DEBUG ? [cause.stack ?? ''] : []
    throw new Failure({ message: `${doing} failed: ${cause.message}`, code: 'FAILED', details, suggestions, cause })
  }
}
