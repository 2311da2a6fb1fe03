import type { Call } from './call.ts'
import { fromStdin, isStdin, text, type Inner } from './inner.ts'
import { isDynamic, unknown } from './marks.ts'

export function shell(call: Call): readonly Inner[] {
  const words = [...call.args]
  let command = false
  let stdin = false
  for (let word = words[0]; word !== undefined && /^[-+]/.test(word.text); word = words[0]) {
    words.shift()
    if (word.text === '--' || word.text === '-') break
    if (!word.text.startsWith('--')) {
      if (word.text.startsWith('-')) {
        command ||= word.text.includes('c')
        stdin ||= word.text.includes('s')
      }
      if (/[oO]$/.test(word.text)) words.shift()
    } else if (/^--(rcfile|init-file)$/.test(word.text)) words.shift()
  }
  const [first, ...rest] = words
  const positional = call.open === null ? rest : null
  if (command && first === undefined)
    return call.open === null
      ? []
      : [{ kind: 'unclear', because: 'The text that a shell would run comes from a list.' }]
  if (command && first !== undefined)
    return [
      text(first.text, {
        positional: positional?.slice(1) ?? null,
        zero: call.open === null ? rest[0] : { text: unknown },
      }),
    ]
  if (first === undefined || stdin || isStdin.test(first.text)) return fromStdin(call, 'child')
  return [{ kind: 'file', path: first, positional, shell: 'child' }]
}

export function evalTexts(call: Call): readonly Inner[] {
  const joined = call.args.map((arg) => arg.text).join(' ')
  const sources = call.args.flatMap((arg) => arg.outputOf ?? [])
  if (isDynamic(joined) && sources.length > 0 && sources.every((source) => setsUpShell.test(source)))
    return [{ kind: 'text', text: ':', shell: 'same' }]
  if (joined.startsWith(unknown) || (isDynamic(joined) && sources.length > 0))
    return [
      { kind: 'unclear', because: 'eval would run text that is known only on the host.' },
      // What is known of it is read as well, with the list in its place.
      ...(joined.startsWith(unknown)
        ? []
        : [
            text(
              joined.replaceAll(unknown, () => `$(${sources[0] ?? ''})`),
              { shell: 'same' },
            ),
          ]),
    ]
  return [text(joined, { shell: 'same' })]
}

/** Programs whose output is made to be evaluated and does nothing but set variables and functions. */
export const setsUpShell =
  /^\s*(?:ssh-agent|dircolors|lesspipe|\S*brew shellenv|opam env|locale|tset|resize|(?:pyenv|rbenv|nodenv|jenv|goenv|starship|zoxide|fnm|mise|rtx|direnv|docker-machine|minikube|kubectl|helm|oc|gh|npm|pip3?|poetry|just|cargo|rustup|[a-z-]+) (?:init|env|hook|docker-env|podman-env|activate|completion|completions|shellenv))\b[^;&|<>]*$/

export function trap(call: Call): readonly Inner[] {
  const [first, second] = call.args.filter((arg) => arg.text !== '--')
  if (first === undefined || second === undefined || /^(-|-[lp]|)$/.test(first.text)) return []
  return [text(first.text, { shell: 'same' })]
}

export const aliasText = (definition: string): Inner => text(definition.slice(definition.indexOf('=') + 1))
