import type { Random } from './random.ts'

/** Short outages for every day, long ones for who has the time. */
export type Form = 'short' | 'long'

/** What the seeds of a story share; made once, closed in the end. */
export type Stage = {
  /** Plays one seed; answers what happened, throws where a promise was broken. */
  play(o: { seed: number; random: Random }): Promise<string>
  close(): Promise<void>
}

export type Story = {
  readonly name: string
  /** The promise that is put to the test, as a sentence. */
  readonly promise: string
  open(form: Form): Promise<Stage>
}
