import type { TestProject } from 'vitest/node'
import { ensureImage, ensureTools, images, isLabPossible } from '../../lab/index.ts'
import { type Say, timed } from '../../schema/progress.ts'
import { searchAttributes } from '../../schema/search.ts'
import { workflowBundle } from '../../workers/bundle.ts'
import { startTemporal } from '../../workers/temporal.ts'
import { createEmptyDatabase } from './database.ts'

const say: Say = (line) => console.log(line)

/**
 * Starts once a run what the selected tiers share: a Temporal dev server, a PostgreSQL, images of hosts. Each project
 * loads this file anew, so the environment says what is there already; processes of tests inherit it.
 */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.name === 'lab') await prepareLab()
  if (process.env.DRYDOCK_TEST_POSTGRES === undefined) {
    // It ends with this process; the database is only the way to the server's address.
    process.env.DRYDOCK_TEST_POSTGRES = (await createEmptyDatabase()).url
  }
  if (process.env.DRYDOCK_TEST_TEMPORAL !== undefined) return undefined
  const [temporal] = await Promise.all([
    startTestTemporal(),
    timed({ title: 'Bundling the workflows', say }, workflowBundle),
  ])
  process.env.DRYDOCK_TEST_TEMPORAL = temporal.address
  return () => temporal.stop()
}

const startTestTemporal = () =>
  startTemporal({
    say,
    searchAttributes: Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, 'Keyword' as const])),
  })

async function prepareLab(): Promise<void> {
  const answer = await isLabPossible()
  if (!answer.possible) {
    process.env.DRYDOCK_TEST_NO_LAB = answer.because
    return
  }
  await ensureTools(say)
  for (const image of images) await ensureImage(image, say)
}
