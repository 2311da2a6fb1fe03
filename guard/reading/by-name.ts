const most = 2_000
const longest = 100

/** Works something out of a name, or of another short word, once: the same few come all day. */
export function byName<T>(read: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const value = read(name)
    if (known.size >= most) known.clear()
    if (name.length <= longest) known.set(name, value)
    return value
  }
}
