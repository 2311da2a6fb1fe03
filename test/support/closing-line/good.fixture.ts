import { expect, it } from 'vitest'

it('passes', () => expect(1 + 1).toBe(2))
it('has no moon', ({ skip }) => skip('no moon tonight'))
