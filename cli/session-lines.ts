import { z } from 'zod'
import type { Palette } from './colour.ts'
import { ago } from './durations.ts'
import { factLines } from './table.ts'

/** A session as the API shows it. */
export const SessionAnswer = z.looseObject({
  name: z.string(),
  server: z.looseObject({ name: z.string() }),
  state: z.enum(['open', 'closed']),
  as_root: z.boolean(),
  cwd: z.string().nullable(),
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.unknown()),
  terminal: z.looseObject({ columns: z.int(), rows: z.int(), term: z.string() }).nullable(),
  created_by: z.string(),
  created_at: z.string(),
  closed_at: z.string().nullable(),
})
export type SessionAnswer = z.infer<typeof SessionAnswer>

export const sessionState = ({ state }: SessionAnswer, paint: Palette): string =>
  state === 'open' ? paint.green(state) : paint.dim(state)

export const terminalOf = ({ terminal }: SessionAnswer): string =>
  terminal === null ? '' : `${terminal.columns}x${terminal.rows} ${terminal.term}`

/** A session in a few lines. */
export const sessionLines = (session: SessionAnswer, paint: Palette): string[] => [
  `${paint.bold(session.name)} on ${session.server.name}: ${sessionState(session, paint)}`,
  ...factLines({
    as: session.as_root ? 'root' : 'the application user',
    directory: session.cwd,
    terminal: terminalOf(session),
    opened: `${ago(session.created_at)} by ${session.created_by}`,
    closed: session.closed_at === null ? null : ago(session.closed_at),
  }).map((line) => `  ${line}`),
  ...Object.entries(session.env).map(([name, value]) => `  ${name}=${value}`),
  ...Object.keys(session.secrets).map((name) => `  ${name} ${paint.dim('from a secret')}`),
]
