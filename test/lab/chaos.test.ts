import { expect, test } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { randomOf } from '../chaos/random.ts'
import { stories } from '../chaos/stories.ts'

const lab = await isLabPossible()

// Side by side: most of a story is waiting for something that is away. `npm run chaos` plays more seeds.
test.skipIf(!lab.possible).concurrent.each(stories)('$name: $promise', { timeout: 240_000 }, async (story) => {
  const stage = await story.open('short')
  try {
    for (const seed of [12, 13]) expect(await stage.play({ seed, random: randomOf(seed) })).not.toBe('')
  } finally {
    await stage.close()
  }
})
