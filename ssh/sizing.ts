/** How many connections a host's recent work asks for, from 1 to 4 (spec SSH-6). */
export function connectionsFor(o: {
  commandsPerMinute: number
  meanSeconds: number
  concurrentOperations: number
}): number {
  const wanted = Math.floor((o.commandsPerMinute * o.meanSeconds) / 60 + o.concurrentOperations / 2)
  return Math.max(1, Math.min(4, wanted))
}
