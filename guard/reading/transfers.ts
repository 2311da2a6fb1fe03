import type { Call } from './call.ts'
import { textsInOptions } from './hidden.ts'
import type { Inner } from './inner.ts'
import { some, star } from './marks.ts'

/** Clients of other hosts' files, with commands of their own. */
export const transferClients = 'sftp lftp ftp ncftp tnftp smbclient'

const deletes = /^(?:glob\s+)?-?(rm|mrm|rmdir|mdelete|delete|del|dele|deltree|rmtree)\s+(.+)$/i
const puts = /^(?:put|mput|reput)\s+(?:-\w+\s+)*(\S+)\s+(\/\S+)$/i
const recursive = /^(deltree|rmtree)$/i

/** What a client is told to delete there, as rm would be asked for it. */
export function transfers(call: Call): readonly Inner[] {
  const scripts = [
    call.stdin?.read() ?? '',
    ...call.args.flatMap(({ text }, index) =>
      /^(-c|-e|-Q|--command)$/.test(call.args[index - 1]?.text ?? '') ? [text] : [],
    ),
  ]
  const commands = scripts.flatMap((script) => script.split(/[;\n]/).map((line) => line.trim()))
  const root = startOf(call, commands)
  const told = commands.flatMap((command): readonly Inner[] => {
    const [, from, to] = puts.exec(command) ?? []
    if (from !== undefined && to !== undefined)
      return [{ kind: 'words', words: [{ text: 'cp' }, { text: from }, { text: to }], place: 'elsewhere' }]
    const [, verb = '', words] = deletes.exec(command) ?? []
    return words === undefined || verb.toLowerCase() === 'rmdir' ? [] : [removal(verb, words, root)]
  })
  return [...told, ...textsInOptions(call)]
}

/** Where it starts: the directory it is given, or the one that it enters; another host's files are data. */
function startOf(call: Call, commands: readonly string[]): string {
  const given = call.args
    .map(({ text }) => /^(?:\w+:\/\/[^/]+|[^/:]+@?[^/:]*:)(\/.*)$/.exec(text)?.[1])
    .findLast(Boolean)
  const entered = commands.map((command) => /^cd\s+"?(\/[^"]*)"?$/.exec(command)?.[1]).findLast(Boolean)
  return entered ?? given ?? `/mnt/${some}`
}

function removal(verb: string, words: string, root: string): Inner {
  const given = words.split(/\s+/).map((word) => word.replaceAll(/["']/g, ''))
  const paths = given
    .filter((word) => !word.startsWith('-'))
    .map((word) => ({ text: (word.startsWith('/') ? word : `${root}/${word}`).replaceAll('*', star) }))
  const whole = recursive.test(verb) || given.some((word) => /^-\w*[rR]/.test(word))
  return {
    kind: 'words',
    words: [{ text: 'rm' }, ...(whole ? [{ text: '-r' }] : []), ...paths],
    place: 'elsewhere',
  }
}
