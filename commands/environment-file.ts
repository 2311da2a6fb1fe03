import { createHash } from 'node:crypto'
import type { Variable } from '../schema/application.ts'
import type { Command } from '../schema/command.ts'
import type { SecretRef } from '../schema/secret.ts'
import { temporaryBeside } from './backup.ts'
import { replaceFile } from './file.ts'
import { and, command, lines, sh, strict, type Script } from './shell.ts'

type Variables = Readonly<Record<string, Variable>>

/** The file that a unit reads its environment from: in the release, so that whatever makes a release current makes its environment so. */
export const environmentPath = (release: string): string => `${release}/.drydock.env`

type Secret = { readonly secret: string; readonly version?: number | undefined }
const isSecret = (value: Variable): value is Secret => typeof value === 'object'

const sorted = (variables: Variables): [string, Variable][] =>
  Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** What people see of it: secrets by name and version. */
export const shownEnvironment = (variables: Variables): string =>
  sorted(variables)
    .map(([name, value]) => `${name}=${isSecret(value) ? nameOf(value) : quoted(String(value))}\n`)
    .join('')

const nameOf = ({ secret, version }: Secret): string =>
  `<secret ${secret}${version === undefined ? '' : ` version ${version}`}>`

/** In systemd's double quotes a backslash stands before these four; all else is as it is, line breaks too. */
const escaping = `s/[\\\\"$\`]/\\\\&/g`
const quoted = (text: string): string => `"${text.replaceAll(/[\\"$`]/g, String.raw`\$&`)}"`

/** The first line of the file says of what it was made; a file without its last line was not finished. */
const mark = (variables: Variables): string =>
  `# drydock ${createHash('sha256').update(shownEnvironment(variables)).digest('hex').slice(0, 32)}`

const variableOf = (name: string): string => `ENVIRONMENT_${name}`

/** Writes it for root alone; values of secrets come through the environment of the command and stand in no text. */
export function writeEnvironment(path: string, variables: Variables): Command {
  const fresh = temporaryBeside(path)
  const entries = sorted(variables).map(
    ([name, value]): Script =>
      isSecret(value)
        ? sh`printf '%s="%s"\n' ${name} "$(printf '%s' "$${{ text: variableOf(name) }}" | sed ${escaping})"`
        : sh`printf '%s\n' ${`${name}=${quoted(String(value))}`}`,
  )
  const fill = lines(sh`{`, sh`printf '%s\n' ${mark(variables)}`, ...entries, sh`echo '# end'`, sh`} > ${fresh}`)
  const secrets = Object.entries(secretsIn(variables)).map(([name, ref]) => [variableOf(name), ref] as const)
  return command({
    script: strict(replaceFile({ path, mode: '600', owner: 'root', group: 'root' }, { script: fill, bytes: 65_536 })),
    shown: `write ${path} (${entries.length} variables, 600 root:root)`,
    effect: 'change',
    category: 'files',
    ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets) }),
  })
}

/** Those that are references, as a command is given them. */
export const secretsIn = (variables: Variables): Record<string, SecretRef> =>
  Object.fromEntries(
    sorted(variables).flatMap(([name, value]) =>
      isSecret(value)
        ? [
            [
              name,
              {
                kind: 'stored' as const,
                name: value.secret,
                ...(value.version === undefined ? {} : { version: value.version }),
              },
            ],
          ]
        : [],
    ),
  )

/** Those that are values. */
export const valuesIn = (variables: Variables): Record<string, string> =>
  Object.fromEntries(sorted(variables).flatMap(([name, value]) => (isSecret(value) ? [] : [[name, String(value)]])))

/** Exit 0 when the file was made of these values and references, and belongs to root alone. */
export const isEnvironmentLike = (path: string, variables: Variables): Command =>
  command({
    script: and(
      sh`[ "$(stat -c '%F %a %U' -- ${path})" = 'regular file 600 root' ]`,
      sh`[ "$(head -n 1 -- ${path})" = ${mark(variables)} ]`,
      sh`[ "$(tail -n 1 -- ${path})" = '# end' ]`,
    ),
    shown: `compare ${path}`,
    effect: 'read',
    category: 'files',
  })
