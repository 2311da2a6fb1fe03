import type { Ground } from './ground.ts'
import type { Random } from './random.ts'

/** Short outages for every day, long ones for who has the time. */
export type Form = 'short' | 'long'

/** Odd seeds disturb the setup of a fresh server, even ones a command. */
export type Play = { readonly seed: number; readonly random: Random; readonly form: Form }

export type Story = {
  readonly name: string
  /** The promise that is put to the test, as a sentence. */
  readonly promise: string
  /** Plays one seed; answers what happened, throws where the promise was broken. */
  play: (ground: Ground, play: Play) => Promise<string>
}
