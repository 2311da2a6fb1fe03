import type { Surroundings } from './surroundings.ts'

const secondWithinMs = 3_000

/**
 * Ctrl-C while an operation is followed: the operation goes on by itself, so the first one only stops looking, after
 * three seconds in which a second one asks for its cancellation. A third stops looking at once.
 */
export function watchInterrupts(o: {
  around: Surroundings
  operationId: string
  /** What the first Ctrl-C does. */
  first?: 'ask' | 'cancel'
  note: (text: string) => void
  cancel: () => void
  detach: () => void
}): () => void {
  let presses = o.first === 'cancel' ? 1 : 0
  let timer: NodeJS.Timeout | undefined
  const stopListening = o.around.onInterrupt(() => {
    presses += 1
    clearTimeout(timer)
    if (presses === 1) {
      o.note(
        `The operation goes on; see it with \`drydock operation follow ${o.operationId}\`.\nPress Ctrl-C again within 3 s to cancel it.`,
      )
      timer = setTimeout(o.detach, secondWithinMs)
    } else if (presses === 2) {
      o.note('Asking for the cancellation of the operation; Ctrl-C once more stops looking.')
      o.cancel()
    } else {
      o.detach()
    }
  })
  return () => {
    clearTimeout(timer)
    stopListening()
  }
}
