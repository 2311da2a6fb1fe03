import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { workflowBundle } from '../../workers/bundle.ts'
import { quieten } from '../support/workflows.ts'

const folder = join(import.meta.dirname, 'histories')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** Running operations must survive an upgrade: a change that these histories do not fit needs a patch marker. */
test('the workflows of today fit the histories of operations that were started before', async () => {
  quieten()
  expect(files.length).toBeGreaterThan(5)
  const histories = files.map((name) => ({
    workflowId: name,
    history: JSON.parse(readFileSync(join(folder, name), 'utf8')),
  }))
  const failures: string[] = []
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: await workflowBundle() },
    histories,
  )) {
    if (error) failures.push(`${workflowId}: ${error.message}`)
  }
  expect(failures).toEqual([])
})
