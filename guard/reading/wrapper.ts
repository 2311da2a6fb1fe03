import type { Place } from './call.ts'
import type { OptionShape } from './options.ts'

/**
 * A program that runs another: which of its options take a value, and how many words of its own stand before the
 * command. `shell`: the words after are joined and given to a shell. `command`: options that hold shell text.
 */
export type Wrapper = OptionShape & {
  readonly skip?: number
  readonly assignments?: boolean
  readonly rest?: 'words' | 'shell'
  readonly command?: readonly string[]
  readonly place?: Place
  /** With one of these it only reports. */
  readonly reports?: readonly string[]
}
