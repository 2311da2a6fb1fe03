type Environment = Readonly<Record<string, string | undefined>>

export type Colour = (text: string) => string

/** The few colours we use; each is a plain identity where colour is not wanted. */
export type Palette = Readonly<Record<'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold', Colour>>

/** NO_COLOR wins (no-color.org), then FORCE_COLOR, then whether it is a terminal that knows colour. */
export const wantsColour = (o: { env: Environment; isTerminal: boolean }): boolean => {
  if (o.env.NO_COLOR) return false
  if (o.env.FORCE_COLOR) return o.env.FORCE_COLOR !== '0'
  return o.isTerminal && o.env.TERM !== 'dumb'
}

export function palette(coloured: boolean): Palette {
  const style =
    (on: number, off: number): Colour =>
    (text) =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
    dim: style(2, 22),
    bold: style(1, 22),
  }
}
