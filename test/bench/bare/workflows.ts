import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import type { Place } from '../raw-ssh.ts'
import type { BareActivities } from './activities.ts'

const { runBare } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' })

export type BareInput = { readonly place: Place; readonly commands: readonly string[] }
export const go = defineSignal('go')

/** The least that a durable command can be: a workflow of one activity for each command. */
export async function bare({ place, commands }: BareInput): Promise<void> {
  for (const command of commands) await runBare({ place, command })
}

/** The least that an approval can be: the same behind a signal. */
export async function bareAfterSignal(input: BareInput): Promise<void> {
  let told = false
  setHandler(go, () => {
    told = true
  })
  await condition(() => told)
  await bare(input)
}
