import assert from 'node:assert/strict'

/** Holds two listings against each other and names only the lines in which they differ; order counts too. */
export function expectSameLines(is: readonly string[], wanted: readonly string[], what: string): void {
  const differs = (line: string) => counted(is, line) !== counted(wanted, line)
  const more = [...new Set(is)].filter(differs).map((line) => `${counted(is, line)} times: ${line}`)
  const less = [...new Set(wanted)].filter(differs).map((line) => `wanted ${counted(wanted, line)} times: ${line}`)
  assert.deepEqual([...more, ...less], [], what)
  assert.deepEqual(is, wanted, `${what}, in this order`)
}

const counted = (lines: readonly string[], line: string): number => lines.filter((other) => other === line).length
