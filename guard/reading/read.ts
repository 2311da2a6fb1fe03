import { withoutMarks } from './marks.ts'
import { Names } from './names.ts'
import { later, notRead, readText, type Context, type Reader, type Reading } from './reader.ts'
import { newScope } from './scope.ts'
import { walk } from './walk.ts'

const maxSteps = 10_000

/** The longest command that is read, in characters; what is longer is opaque. */
export const maxInput = 65_536

/** Everything that a shell text would run. */
export function read(command: string): Reading {
  const reader: Reader = {
    tasks: [],
    calls: [],
    unclear: [],
    files: new Names(),
    copies: new Names(),
    functions: new Map(),
    walk,
    nests: false,
    steps: 0,
    characters: 0,
  }
  const context: Context = {
    // What a script of the host was given, nobody knows here.
    scope: newScope(null),
    certain: true,
    place: 'host',
    stdin: null,
    redirects: [],
    parent: null,
    repeated: false,
    open: null,
    depth: 0,
    inside: [],
  }
  if (command.length > maxInput) {
    notRead(reader, context, command.slice(0, 80), `It is longer than ${maxInput} characters.`)
    return reader
  }
  if (command.includes('\0'))
    notRead(reader, context, '', 'It holds a NUL character, which no shell reads the same way.')
  readText(reader, withoutMarks(command), context)
  work(reader)
  if (reader.functions.size > 0) readUncalled(reader)
  return reader
}

/** Functions that are never called by a name that we see: they may still be, with any words. */
function readUncalled(reader: Reader): void {
  for (const [node, { context, called }] of reader.functions) {
    if (called) continue
    context.scope.positional = null
    later(reader, () => walk(reader, node.body, { ...context, certain: false }))
    work(reader)
  }
}

function work(reader: Reader): void {
  for (let task = reader.tasks.pop(); task !== undefined; task = reader.tasks.pop()) {
    reader.steps += 1
    if (reader.steps > maxSteps) {
      reader.tasks.length = 0
      reader.unclear.push({ words: '', because: 'It is too involved to be read to its end.', parent: null })
      return
    }
    task()
  }
}
