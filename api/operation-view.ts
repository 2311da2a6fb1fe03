import { z } from '@hono/zod-openapi'
import { CommandResult, OperationStatus } from '../schema/operation.ts'
import type { Settings } from '../schema/settings.ts'
import type { Operation } from '../store/index.ts'
import { linksOf } from './links.ts'
import { outside, present } from './present.ts'

const Links = z.object({
  self: z.string(),
  events: z.string(),
  output: z.string(),
  approval: z.string(),
  cancellation: z.string(),
  resumption: z.string(),
  temporal: z.string().nullable().describe('Its page in the Temporal Web UI'),
})

const View = OperationStatus.extend({ title: z.string(), links: Links })

/** One operation as the API shows it. */
export const OperationView = outside(View, 'Operation')
export const CommandResultView = outside(CommandResult, 'CommandResult')

/** What a start answers: 202 while it goes on, 200 where `Prefer: wait` saw its end. */
export const Started = z
  .object({
    operation: OperationView,
    blocked: z.record(z.string(), z.unknown()).optional().describe('What a person must decide on first (GUARD-12)'),
    command: CommandResultView.optional().describe('How the one command ended, with the beginning of its output'),
  })
  .openapi('Started')

export const presentOperation = (settings: Settings, operation: Operation) =>
  present(View, { ...operation, links: linksOf(settings, operation) })
