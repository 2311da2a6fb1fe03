import type { Arg, Call, Place } from './call.ts'
import { isDynamic, unknown } from './marks.ts'

/** What a call would run in turn. */
export type Inner =
  | {
      readonly kind: 'words'
      readonly words: readonly Arg[]
      readonly place?: Place
      readonly open?: Arg | null
      readonly repeated?: boolean
    }
  | {
      readonly kind: 'text'
      readonly text: string
      readonly positional?: readonly Arg[] | null
      readonly zero?: Arg
      readonly shell: 'same' | 'child' | 'remote'
      readonly place?: Place
    }
  | {
      readonly kind: 'file'
      readonly path: Arg
      readonly positional: readonly Arg[] | null
      readonly shell: 'same' | 'child'
    }
  | { readonly kind: 'unclear'; readonly because: string }

export const text = (value: string, more: Partial<Extract<Inner, { kind: 'text' }>> = {}): Inner =>
  value.replaceAll(unknown, '').trim() === '' && isDynamic(value)
    ? { kind: 'unclear', because: 'The text that a shell would run is known only on the host.' }
    : { kind: 'text', text: value, shell: 'child', ...more }

/** Names of the standard input. */
export const isStdin = /^\/(dev|proc\/(self|\$\$|thread-self)\/fd)\/(stdin|fd\/0|0)$/

/** Programs that nobody needs to run what is written plainly. */
const decodes = /(^|\|\s*)(base64|base32|xxd|openssl|uudecode|rev|tr|gunzip|zcat|gpg)\b/

/** What a shell reads from its standard input. */
export function fromStdin(call: Call, kind: 'child' | 'remote'): readonly Inner[] {
  if (call.stdin === null) return []
  const known = call.stdin.read()
  if (known === null) return [{ kind: 'unclear', because: `A shell would run the output of: ${call.stdin.from}` }]
  const read = text(known, { shell: kind, positional: null })
  return decodes.test(call.stdin.from)
    ? [read, { kind: 'unclear', because: `A shell would run text that was made unreadable: ${call.stdin.from}` }]
    : [read]
}
