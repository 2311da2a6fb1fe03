import { isBuiltin } from './builtins.ts'
import { byName } from './by-name.ts'
import { baseName, type Arg } from './call.ts'
import { setsVariables } from './hooks.ts'
import { unknown } from './marks.ts'
import { wayOf, type Way } from './unwrap.ts'

/** What is known of a program by the word that starts it, whatever it is told. */
export type Program = {
  /** The name by which readers and rules know it. */
  readonly name: string
  /** Words that its name stands for: `docker-compose` is `docker compose`. */
  readonly before: readonly Arg[]
  /** The service whose script it is. */
  readonly unit: string | null
  /** It stands in a directory that its word names, and may be a file that the script itself has made. */
  readonly isPath: boolean
  /** It changes what the shell knows. */
  readonly isBuiltin: boolean
  /** It sets variables for others by its words. */
  readonly setsVariables: boolean
  readonly way: Way | null
}

const sameAs: ReadonlyMap<string, string> = new Map([
  ['podman', 'docker'],
  ['nerdctl', 'docker'],
  ['docker-compose', 'docker'],
  ['podman-compose', 'docker'],
  ['oc', 'kubectl'],
  ['k', 'kubectl'],
  ['kubecolor', 'kubectl'],
])

/** What the word says by which a program is started. */
export const programOf = byName((word): Program => {
  const spelled = spelledName(word)
  const same = sameAs.get(spelled)
  const name = same ?? spelled
  return {
    name,
    before: same !== undefined && spelled.endsWith('-compose') ? [{ text: 'compose' }] : [],
    unit: unitOf(word),
    isPath: word.includes('/'),
    isBuiltin: isBuiltin(name),
    setsVariables: setsVariables.has(name),
    way: wayOf(name),
  }
})

/** In no table may a program be found by the name of what every object has, such as `constructor`. */
function spelledName(program: string): string {
  const base = baseName(program)
  const name = ofWindows.test(base) ? base.slice(0, -4) : base
  return ofEveryObject.has(name) ? `./${name}` : name
}
const ofEveryObject = new Set(Object.getOwnPropertyNames(Object.prototype))
const ofWindows = /\.exe$/i

/** The service whose script this is. */
const unitOf = (path: string): string | null =>
  /^\/etc\/(?:rc\.d\/)?(?:init\.d\/|rc\.)([\w@.-]+)$/.exec(
    path.replaceAll(unknown, '').replaceAll(/\/{2,}/g, '/'),
  )?.[1] ?? null
