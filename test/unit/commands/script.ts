import { execFileSync } from 'node:child_process'
import { expect } from 'vitest'
import type { Command } from '../../../schema/command.ts'

/** The exact script stands in scripts/<name>.sh, where it reads as what it is; a POSIX shell must accept it. */
export async function expectScript(command: Command, name: string): Promise<void> {
  await expect(`${command.script}\n`).toMatchFileSnapshot(`scripts/${name}.sh`)
  execFileSync('sh', ['-n'], { input: command.script })
}

export const backup = { operationId: '01970000-0000-7000-8000-000000000001', item: 'item' }
