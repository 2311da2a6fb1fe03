import { z } from 'zod'
import { FilePatterns } from './file-patterns.ts'
import { UserName } from './server.ts'
import { synchronizationChoice } from './synchronization.ts'

/** The absolute path of a file on a server: no `.` or `..`, no doubled or trailing slash, no control characters. */
export const FilePath = z
  .string()
  .min(2)
  .max(4_000)
  .regex(
    // As AbsolutePath, but for the trailing slash. Without look-ahead, which tools that read the OpenAPI document do not know.
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    /^(?:\/(?:[^/.\x00-\x1f\x7f]|\.[^/.\x00-\x1f\x7f]|\.\.[^/\x00-\x1f\x7f])[^/\x00-\x1f\x7f]*)+$/,
    'an absolute path without "..", "//", a slash at its end or control characters',
  )

/** SHA-256 in hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in small hex digits')

const FileMode = z.string().regex(/^0?[0-7]{3}$/, 'three octal digits such as 644')

/** A file that the API has taken in; workers find it by its id. */
export const StoredFile = z.object({ id: z.uuid(), bytes: z.int().min(0), sha256: Sha256 })
export type StoredFile = z.infer<typeof StoredFile>

const Https = z.strictObject({
  kind: z.literal('https'),
  url: z.url({ protocol: /^https$/ }).max(4_000),
  sha256: Sha256,
  fetchedBy: z
    .enum(['worker', 'server'])
    .default('worker')
    .describe('By whom: the server needs curl or wget, and a way to the address'),
})

const place = {
  path: FilePath.describe('Where on the server'),
  asRoot: z.boolean().default(false).describe('With the rights of root, else with those of the application user'),
}

const attributes = {
  mode: FileMode.optional().describe('As the file has it that is there, else 0644'),
  owner: UserName.optional().describe('As the file has it that is there, else who writes it'),
  group: UserName.optional(),
}

const upload = { direction: z.literal('upload'), ...place, ...attributes }

/** What a transfer is told: where the bytes come from is settled, and so is what they must be. */
export const UploadSettings = z.strictObject({
  ...upload,
  source: z.discriminatedUnion('kind', [StoredFile.extend({ kind: z.literal('upload') }), Https]),
})
export type UploadSettings = z.infer<typeof UploadSettings>

export const DownloadSettings = z.strictObject({ direction: z.literal('download'), ...place })
export type DownloadSettings = z.infer<typeof DownloadSettings>

const directoryUpload = {
  direction: z.literal('upload_directory'),
  ...place,
  owner: UserName.optional().describe('Of what is brought; as the directory has it, where root brings it'),
  group: UserName.optional(),
  ...synchronizationChoice,
}

/** What the synchronisation of a directory of a server is told: a tar archive holds what it is to be. */
export const DirectoryUploadSettings = z.strictObject({
  ...directoryUpload,
  source: StoredFile.extend({ kind: z.literal('upload') }),
})
export type DirectoryUploadSettings = z.infer<typeof DirectoryUploadSettings>

const directoryDownload = { direction: z.literal('download_directory'), ...place, ...FilePatterns }

/** What the fetching of a directory is told: of what is had already only what differs is fetched. */
export const DirectoryDownloadSettings = z.strictObject({
  ...directoryDownload,
  have: StoredFile.extend({ kind: z.literal('upload') }).optional(),
})
export type DirectoryDownloadSettings = z.infer<typeof DirectoryDownloadSettings>

export type TransferSettings = UploadSettings | DownloadSettings | DirectoryUploadSettings | DirectoryDownloadSettings

const dryRun = z.boolean().default(false).describe('Say what would be done, and do nothing')

/** Body of `POST /v1/servers/{server}/transfers`. */
export const TransferRequest = z.discriminatedUnion('direction', [
  z.strictObject({
    ...upload,
    source: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('upload'), id: z.uuid() }).describe('What POST /v1/uploads has taken in'),
        Https.describe('A file with this SHA-256, fetched by the worker or by the server itself'),
        z.strictObject({ kind: z.literal('content'), content: z.string().max(262_144) }),
      ])
      .describe('Where the bytes come from'),
    dryRun,
  }),
  DownloadSettings,
  z.strictObject({
    ...directoryUpload,
    source: z
      .strictObject({ kind: z.literal('upload'), id: z.uuid() })
      .describe('A tar archive that POST /v1/uploads has taken in: files and folders by their paths in the directory'),
    dryRun,
  }),
  z.strictObject({
    ...directoryDownload,
    have: z
      .strictObject({ kind: z.literal('upload'), id: z.uuid() })
      .optional()
      .describe('What is had already, as a JSON list of path, bytes and sha256 that POST /v1/uploads has taken in'),
  }),
])
export type TransferRequest = z.infer<typeof TransferRequest>

/** How far a transfer is, as its progress events carry it. */
export type TransferProgress = {
  readonly bytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
  readonly remainingMs: number | null
  /** Where this attempt went on: what is before it was not sent again. */
  readonly resumedAt: number
}
