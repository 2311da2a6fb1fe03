import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { type Ground, openGround } from '../chaos/ground.ts'
import { lockdown } from '../chaos/lockdown.ts'
import { randomOf } from '../chaos/random.ts'
import { stories } from '../chaos/stories.ts'

const lab = await isLabPossible()

/** One that hits a command at 29 percent of its usual time, and one that hits a setup at 57; `npm run chaos` plays more. */
const seeds = [12, 13]

describe.skipIf(!lab.possible)('chaos', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround()
  })
  afterAll(() => ground?.close())

  for (const story of stories.filter(({ name }) => !['lockdown', 'deployment'].includes(name)))
    test(`${story.name}: ${story.promise}`, { timeout: 240_000 }, async () => {
      for (const seed of seeds) {
        const told = await story.play(ground, { seed, random: randomOf(seed), form: 'short' })
        expect(told).toContain(seed === 12 ? 'command, ' : 'setup, ')
      }
    })

  test(`lockdown: ${lockdown.promise}`, { timeout: 900_000 }, async () => {
    // One loses its worker for a second; one boots half-way, and finds itself as it was.
    expect(await lockdown.play(ground, { seed: 3, random: randomOf(3), form: 'short' })).toContain('no worker for')
    expect(await lockdown.play(ground, { seed: 5, random: randomOf(5), form: 'short' })).toContain('booted anew')
  })
})
