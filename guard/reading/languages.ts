/** Programs that read shell text. */
export const shells = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'mksh',
  'ash',
  'rbash',
  'fish',
  'hush',
  'csh',
  'tcsh',
  'yash',
  'posh',
])

/** Interpreters, and the options that hold program text. */
export const interpreters: Readonly<Record<string, readonly string[]>> = {
  python: ['c'],
  perl: ['e', 'E'],
  ruby: ['e'],
  node: ['e', 'p', 'eval', 'print'],
  nodejs: ['e', 'p', 'eval', 'print'],
  bun: ['e', 'eval'],
  deno: ['eval'],
  php: ['r'],
  lua: ['e'],
  tclsh: [],
  expect: ['c'],
  awk: [],
  gawk: [],
  mawk: [],
  nawk: [],
}

/** `python3.11` is `python`. */
export const interpreterName = (name: string): string =>
  endsInNumber.test(name) ? name.replace(/^(python|perl|ruby|php|lua|node)[\d.]+$/, '$1') : name

const endsInNumber = /[\d.]$/
