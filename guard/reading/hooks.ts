import type { Call } from './call.ts'
import { isLiteral } from './marks.ts'
import { notRead, readText, type Context, type Reader } from './reader.ts'
import { copyScope } from './scope.ts'

/** Variables that hold a command which some program will run. */
const commands =
  /^(PAGER|MANPAGER|GIT_PAGER|SYSTEMD_PAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|SUDO_EDITOR|GIT_SSH_COMMAND|GIT_SSH|GIT_PROXY_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|SUDO_ASKPASS|LESSOPEN|LESSCLOSE|BROWSER|PROMPT_COMMAND|RSYNC_RSH|CVS_RSH|TAR_OPTIONS|MANOPT)$/
/** Variables that a shell expands when it starts or prompts, and the files among them. */
const expanded = /^(BASH_ENV|ENV|PS[0-4])$/
const sourced = /^(BASH_ENV|ENV)$/
/** Libraries that every program after it would load and run. */
const preloaded = /^(LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES)$/
const ofSystem = /^(\/(usr\/(local\/)?)?lib(32|64)?\/(?!.*\.\.\/)[^\s:]+|lib[\w.+-]+|\s|:)*$/
/** Words that terraform puts before those that it is given. */
const ofTerraform = /^TF_CLI_ARGS(_\w+)?$/
/** Programs whose words may be variables for others. */
export const setsVariables: ReadonlySet<string> = new Set(
  'env sudo doas export declare typeset readonly local'.split(' '),
)

/** Reads what a variable makes another program run. */
export function readHook(reader: Reader, name: string, text: string, context: Context): void {
  if (text === '' || !isLiteral(text)) return
  if (preloaded.test(name) && !ofSystem.test(text))
    notRead(reader, context, `${name}=${text}`, 'Every program after it would run the code of a library.')
  if (ofTerraform.test(name) && /(^|\s)--?(destroy|replace)\b/.test(text))
    notRead(reader, context, `${name}=${text}`, 'Every run of terraform after it would destroy.')
  const below = { ...context, scope: copyScope(context.scope), stdin: null, redirects: [], open: null }
  if (commands.test(name)) readText(reader, text.replace(/^\|[|-]*/, ''), below)
  if (!expanded.test(name)) return
  // A here-document is expanded as a prompt is: quotes mean nothing, substitutions run.
  if (/\$\(|`/.test(text)) readText(reader, `: <<EndOfHook\n${text}\nEndOfHook\n`, below)
  else if (sourced.test(name) && text.includes('/')) readText(reader, `. ${text}`, below)
}

/** The same where the variable is a word: `env BASH_ENV=…`, `export PS4=…`. */
export function readHookWords(reader: Reader, call: Call, context: Context): void {
  for (const { text } of call.args) {
    if (!text.includes('=')) continue
    const [, name, value] = /^([A-Z][A-Z0-9_]*)\+?=(.*)$/s.exec(text) ?? []
    if (name !== undefined && value !== undefined) readHook(reader, name, value, context)
  }
}
