import type { Call } from './call.ts'
import { text, type Inner } from './inner.ts'

/** Languages that administrators seldom write: what runs or deletes in a line of theirs looks much the same. */
export const foreignLanguages =
  'octave octave-cli R Rscript julia groovy jshell scala elixir iex erl ghc runghc guile sbcl clisp emacs emacsclient gnuplot m4 racket crystal raku perl6 osascript clojure clj bb janet nim maxima sage gp ocaml kotlinc'

const holdsCode = /^-{1,2}(e|E|eval|exec|execute|x|r|c|expression|load-expression)$/
const literals = /"((?:\\.|[^"\\]){1,400})"|'((?:\\.|[^'\\]){1,400})'|`([^`\n]{1,400})`/g
const runs =
  /\b(e?syscmd|system|shell|shell-command|call-process|run|run-program|exec\w*|cmd|command|callCommand|process|spawn|popen|qx|qqx|sh)\b|\.!|`/i
const deletes =
  /\b(unlink|rm|rmdir|rm_rf|rmtree|delete-(?:directory|file)|deleteDir|deleteRecursively|removeDirectoryRecursive|remove\w*|File\.rm\w*|rm_rf!)\b[\s("'(]{0,20}["']([^"'\n]{1,300})["']/g

/** What a line of such a language would run or delete, as its strings tell. */
export function foreign(call: Call): readonly Inner[] {
  const given = call.args.flatMap((arg, index) => {
    if (holdsCode.test(call.args[index - 1]?.text ?? '')) return [arg.text]
    return /^--(?:eval|execute)=(.*)$/s.exec(arg.text)?.slice(1) ?? []
  })
  return [...given, call.stdin?.read() ?? ''].flatMap(readForeign)
}

function readForeign(code: string): readonly Inner[] {
  if (code === '') return []
  const removed = [...code.matchAll(deletes)].map(
    ([, , path = '']): Inner => ({ kind: 'words', words: ['rm', '-rf', path].map((word) => ({ text: word })) }),
  )
  if (!runs.test(code)) return removed
  const strings = [...code.matchAll(literals)].map(([, double, single, back]) => double ?? single ?? back ?? '')
  const [bare] = /\be?syscmd\(([^)"'`]+)\)/.exec(code)?.slice(1) ?? []
  const words: Inner = { kind: 'words', words: strings.map((word) => ({ text: word })) }
  return [
    ...removed,
    ...[...strings, ...(bare === undefined ? [] : [bare])].flatMap((one) => (/\S\s+\S/.test(one) ? [text(one)] : [])),
    ...(strings.length > 1 && /^[\w./-]+$/.test(strings[0] ?? '') ? [words] : []),
  ]
}

/** `cmake -E rm` is rm. */
export const cmake = (call: Call): readonly Inner[] =>
  call.args[0]?.text === '-E' && /^(rm|remove|remove_directory)$/.test(call.args[1]?.text ?? '')
    ? [
        {
          kind: 'words',
          words: [
            { text: 'rm' },
            ...(call.args[1]?.text === 'remove_directory' ? [{ text: '-r' }] : []),
            ...call.args.slice(2),
          ],
        },
      ]
    : []
