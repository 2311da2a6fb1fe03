import type { Sink } from './surroundings.ts'
import { tame } from './tame.ts'

/** One line at the bottom of a terminal that is drawn over; nothing where it is not a terminal. */
export type StatusLine = {
  readonly show: (text: string) => void
  readonly clear: () => void
  /** Prints above the line. What ends in the middle of a line hides the status line until something ends one. */
  readonly above: (print: () => void, endsLine?: boolean) => void
}

export function createStatusLine(sink: Sink, live: boolean): StatusLine {
  let shown = ''
  let midLine = false
  const clear = () => {
    if (shown !== '') sink.write('\r\u001b[2K')
    shown = ''
  }
  const show = (text: string) => {
    if (!live || midLine || text === shown) return
    const fitting = cut(tame(text), (sink.columns ?? 80) - 1)
    sink.write(`\r\u001b[2K${fitting}`)
    shown = text
  }
  return {
    show,
    clear,
    above(print, endsLine = true) {
      const before = shown
      clear()
      print()
      midLine = !endsLine
      if (before !== '') show(before)
    },
  }
}

// A line that wraps cannot be drawn over. Colour is left out of status lines so that characters can be counted.
const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)
