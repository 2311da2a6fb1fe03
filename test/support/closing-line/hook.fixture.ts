import { beforeAll, it } from 'vitest'

beforeAll(() => {
  throw new Error('nothing was prepared')
})
it('never runs', () => undefined)
