import type { UploadSettings } from './transfer.ts'

type Source = UploadSettings['source']

/** Whether the server fetches the bytes itself, so that none are sent to it. Free of zod: workflows ask this too. */
export const isFetchedThere = (source: Source): source is Extract<Source, { kind: 'https' }> =>
  source.kind === 'https' && source.fetchedBy === 'server'
