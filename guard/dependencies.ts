import type { ContainerAnswer, HostAnswers } from '../schema/host-questions.ts'

/** A name with what it needs. */
type Needs = ReadonlyMap<string, readonly string[]>

export const containerNeeds = (details: readonly ContainerAnswer[] | undefined): Needs =>
  new Map((details ?? []).map(({ name, needs }) => [name, needs]))

/** What goes without something it needs when these go: not itself among them; what is needed by nothing else comes first. */
export function dependantsOf(names: readonly string[], needs: Needs): string[] {
  const hit = new Set(names)
  for (let grew = true; grew; ) {
    grew = false
    for (const [name, wants] of needs)
      if (!hit.has(name) && wants.some((want) => hit.has(want))) {
        hit.add(name)
        grew = true
      }
  }
  const dependants = new Set([...hit].filter((name) => !names.includes(name)))
  return inOrder([...dependants], needs).toReversed()
}

/** What others need comes before them; a circle stays as it was given. */
export function inOrder(names: readonly string[], needs: Needs): string[] {
  const ordered: string[] = []
  const seen = new Set<string>()
  const wanted = new Set(names)
  // A stack of its own: chains may be as long as there are containers.
  for (const start of names) {
    const stack = [{ name: start, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)
      if (top === undefined) break
      if (top.next === 0 && seen.has(top.name)) {
        stack.pop()
        continue
      }
      seen.add(top.name)
      const want = needs.get(top.name)?.[top.next]
      top.next += 1
      if (want !== undefined) {
        if (wanted.has(want) && !seen.has(want)) stack.push({ name: want, next: 0 })
        continue
      }
      ordered.push(top.name)
      stack.pop()
    }
  }
  return ordered
}

/** What the host and the registry say stands on these, in the order in which it has to stop (spec GUARD-25). */
export function standingOn(
  items: readonly string[],
  answers: HostAnswers | undefined,
  registered: Readonly<Record<string, readonly string[]>>,
): string[] {
  const names = items.map((item) => item.replace(/\.service$/, ''))
  const running = answers?.containers?.details?.filter((one) => one.running)
  const units = items.flatMap((item) => answers?.dependants?.[item] ?? [])
  return [
    ...new Set([
      ...dependantsOf(names, containerNeeds(running)),
      ...dependantsOf(names, new Map(Object.entries(registered))),
      ...units,
    ]),
  ]
}
