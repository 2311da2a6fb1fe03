/** What one look found. A warning leaves the product working; a failure does not. Both say what to do. */
export type Check = {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  readonly advice: string | null
}

export const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail, advice: null })
export const warning = (name: string, detail: string, advice: string): Check => ({
  name,
  state: 'warning',
  detail,
  advice,
})
export const failed = (name: string, detail: string, advice: string): Check => ({
  name,
  state: 'failed',
  detail,
  advice,
})
