import { it } from 'vitest'

it('waits to be ended', { timeout: 60_000 }, async () => {
  console.log('waiting')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
})
