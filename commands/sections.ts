import { sh, type Script } from './shell.ts'

/** Prints what a script prints as one line `@name base64`, so that no content can be taken for another section. */
export const section = (name: string, script: Script): Script =>
  sh`printf '@%s ' ${name}; { ${script}; } 2>/dev/null | base64 -w 0; echo`

/**
 * The same for a script that prints no NUL and leaves the shell as it was: it costs no process of its own, which is
 * most of what a short question costs.
 */
export const lineSection = (name: string, script: Script): Script =>
  sh`printf '\0@%s\0' ${name}; { ${script}; } 2>/dev/null`

const sectionLine = /^@([A-Za-z0-9._:/-]+) ([A-Za-z0-9+/]*={0,2})$/gm

/** The sections of an output by name, as text; whatever else a shell's start-up files printed is passed over. */
export function parseSections(stdout: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', content = ''] of stdout.matchAll(sectionLine))
    found.set(name, Buffer.from(content, 'base64').toString('utf8'))
  return found
}

/** The line sections of an output by name. */
export function parseLineSections(stdout: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', content = ''] of stdout.matchAll(/\0@([^\0]+)\0([^\0]*)/g)) found.set(name, content)
  return found
}
