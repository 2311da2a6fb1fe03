import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const room = join(import.meta.dirname, '../../schema')

/** What the API adds to zod is missing from a schema that was made before; a worker or the CLI may load the vocabulary first. */
it('the API loads also where the whole vocabulary was loaded before it', { timeout: 60_000 }, async () => {
  for (const name of readdirSync(room).filter((file) => file.endsWith('.ts'))) await import(join(room, name))
  const { createApi } = await import('../../api/app.ts')
  expect(createApi).toBeTypeOf('function')
})
