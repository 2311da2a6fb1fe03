/** `840 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`. */
export function shortDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** How long ago an ISO time was. */
export const ago = (iso: string, now = Date.now()): string => `${shortDuration(Math.max(0, now - Date.parse(iso)))} ago`
