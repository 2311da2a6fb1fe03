import type { DeviceType } from '../../schema/server.ts'
import type { HostAnswers, HostQuestion } from '../../schema/host-questions.ts'

/** One look at the host before a person decides (spec GUARD-18, GUARD-23). */
export type Check = {
  /** What should be so. */
  readonly text: string
  /** The action types that it has to do with. */
  readonly about: RegExp
  readonly questions: (targets: readonly string[]) => readonly HostQuestion[]
  /** Null where the host did not say. */
  readonly look: (answers: HostAnswers) => { readonly fine: boolean; readonly detail: string } | null
  /** Where it is not so, nothing is deployed there either (spec DEPLOY-13). */
  readonly blocks?: true
  /** What to do where it is not so. */
  readonly advice: string
  /** Kinds of device that need not have what it is about: shown there only where the host has said something. */
  readonly ifKnown?: readonly DeviceType[]
}

export const every = /./

/** None of these may be there. */
export const none = (
  found: readonly string[] | undefined,
  fine: string,
): { readonly fine: boolean; readonly detail: string } | null =>
  found === undefined
    ? null
    : found.length === 0
      ? { fine: true, detail: fine }
      : {
          fine: false,
          detail: `${found.slice(0, 5).join('; ')}${found.length > 5 ? ` and ${found.length - 5} more` : ''}.`,
        }
