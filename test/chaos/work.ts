import type { LabHost } from '../../lab/index.ts'
import type { Installation, Operation } from '../support/installation.ts'
import { until } from '../support/installation.ts'

/** Something that takes long enough to be disturbed, and that the server itself can bear witness of. */
export type Work = {
  readonly operationId: string
  readonly host: LabHost
  /** How long it takes when nobody disturbs it. */
  readonly usualMs: number
  /** Where the server is in it, by its own word. */
  whereabouts(): Promise<string>
  /** How much of it the server has done, by its own word: from 0 to 1. */
  share(): Promise<number>
  /** Ended well, everything there, each thing done once: by Drydock's word and by the server's own. */
  expectDoneOnce(): Promise<void>
  /** Ended somehow; what Drydock says of it is so on the server, and nothing was done twice. */
  expectTrueEnd(): Promise<string>
  close(): Promise<void>
}

/** What a registered lab server is to a story. */
export type Server = { readonly host: LabHost; readonly name: string; readonly id: string }

/** Starts an operation by the API and answers its id. */
export async function start(drydock: Installation, path: string, body: unknown): Promise<string> {
  const answer = await drydock.ask('POST', path, body, 'operator')
  const { operation } = answer.body as { operation?: Operation } // the API's own tests hold the shape
  if (operation === undefined) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return operation.id
}

/** Waits for the end of an operation; a question to a person would be waited for in vain. */
export function endOf(drydock: Installation, id: string, withinMs = 120_000): Promise<Operation> {
  return until(async () => {
    const now = await drydock.operation(id)
    if (now.state === 'awaiting_approval') throw new Error(`it asks for an approval: ${now.detail}`)
    return now.result === null ? null : now
  }, withinMs)
}

/** Whether a list holds something twice. */
export const twiceIn = (list: readonly string[]): string[] => list.filter((entry, at) => list.indexOf(entry) !== at)

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
