import type { ApplicationFailure } from '@temporalio/common'
import { SealError } from '../store/index.ts'

/** What lies under a seal; `refuse` says what a broken one means. Trying again would open it no better. */
export async function unseal<T>(open: Promise<T>, refuse: (because: string) => ApplicationFailure): Promise<T> {
  try {
    return await open
  } catch (error) {
    if (error instanceof SealError) throw refuse(error.message)
    throw error
  }
}
