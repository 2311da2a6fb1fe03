import { assess, type Question } from '../../../guard/index.ts'
import type { Assessment } from '../../../schema/guard.ts'

export const server = { name: 'web-1', services: [] as readonly string[] }

/** Assesses on a plain server; a test names only what it is about. */
export const assessed = (command: string, question: Partial<Question> = {}): Assessment =>
  assess({ command, device: 'generic', environment: 'unknown', server, ...question })
