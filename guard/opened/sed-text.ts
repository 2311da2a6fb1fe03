const substitution =
  /(?:\/((?:[^/\\\n]|\\.){1,120})\/)?\s*s([/|#,@!])((?:(?!\2)[^\\\n]|\\.){0,200})\2((?:(?!\2)[^\\\n]|\\.){0,200})\2/g
const inserted = /(?:^|[;\n{}$\d/])\s*[aic](?:\\\n|\\?\s?)([^\n]{1,300})/g

/** What an edit by sed or by perl brings into a file: the new text of what it replaces, and what it inserts. */
export const broughtBy = (script: string): string =>
  [
    ...[...script.matchAll(substitution)].map(([, address = '', , pattern = '', by = '']) =>
      asLine(address, pattern, by),
    ),
    ...[...script.matchAll(inserted)].map(([, text = '']) => text),
  ].join('\n')

/** `s/^#(Key) no/\1 yes/` is `Key yes`, and so is `/Key/s/no/yes/`. */
const asLine = (address: string, pattern: string, by: string): string => {
  const plain = pattern.replaceAll(/\\[bswd<>+?]|[\\^$.*+?()[\]{}|]/g, ' ').trim()
  const whole = by.replaceAll(/(?<!\\)&|\\[1-9]|\$[1-9]|\$\{[1-9]\}/g, plain).replaceAll(/\\(.)/g, '$1')
  const key = address.replaceAll(/[\\^$.*+?()[\]{}|#]/g, ' ').trim()
  return key === '' || whole.includes(key) ? whole : `${key} ${whole}`
}
