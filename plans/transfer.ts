import { basename } from 'node:path/posix'
import { plainMode } from '../commands/directory.ts'
import { temporaryBeside } from '../commands/backup.ts'
import { removeFile } from '../commands/file.ts'
import {
  fetchPart,
  installPart,
  isInPlace,
  makePart,
  type Part,
  partBeside,
  partInStaging,
  type Place,
  removePart,
  type WantedFile,
} from '../commands/transfer.ts'
import type { RunAs } from '../schema/command.ts'
import type { PlanDraft, Step } from '../schema/plan.ts'
import { fetchStep, installStep, prepareStep } from '../schema/step-names.ts'
import type { UploadSettings } from '../schema/transfer.ts'

/** Where a log-in keeps bytes that it may not write beside their place. */
export type Staging = { readonly home: string; readonly freeBytes: number }

export type UploadSituation = {
  readonly operationId: string
  readonly settings: Pick<UploadSettings, 'path' | 'mode' | 'owner' | 'group'>
  /** `url` where the server itself fetches it. */
  readonly source: { readonly bytes: number; readonly sha256: string; readonly url: string | null }
  readonly as: RunAs
  readonly place: Place
  /** Null where the log-in itself writes beside the place. */
  readonly staging: Staging | null
  /** Why a person must agree that what is there is written over. */
  readonly overwriting: string | null
  /** Where files may be put on this installation's servers. */
  readonly roots: readonly string[]
}

export type UploadDraft =
  | { readonly kind: 'plan'; readonly plan: PlanDraft; readonly file: WantedFile; readonly part: Part }
  | { readonly kind: 'impossible'; readonly because: string; readonly full: boolean }

/** Brings one file to its place: room for it, its bytes, and one rename. */
export function planUpload(o: UploadSituation): UploadDraft {
  const { place, settings, source, staging } = o
  const because = whyNot(o)
  if (because !== null) return { kind: 'impossible', ...because }
  const path = realPath(place, settings.path)
  const file: WantedFile = {
    path,
    bytes: source.bytes,
    sha256: source.sha256,
    mode: plainMode(settings.mode ?? place.file?.mode ?? '644'),
    owner: settings.owner ?? place.file?.owner ?? place.user,
    group: settings.group ?? place.file?.group ?? place.group,
  }
  const part = staging === null ? partBeside(path, o.operationId) : partInStaging(staging.home, o.operationId)
  const alreadySo = isThere(place, file) ? { alreadySo: 'it has this content, mode and owner' } : {}
  const prepare: Step = {
    id: prepareStep,
    title: `Take in ${shownBytes(source.bytes)} for ${path}`,
    as: staging === null ? o.as : 'app',
    apply: [makePart(part, source.bytes)],
    undo: [removePart(part, path)],
    ...alreadySo,
  }
  const fetch: Step[] =
    source.url === null
      ? []
      : [
          {
            id: fetchStep,
            title: `Fetch ${shownBytes(source.bytes)} from ${new URL(source.url).host}`,
            as: prepare.as,
            apply: [fetchPart(part, file, source.url)],
            ...alreadySo,
          },
        ]
  const install: Step = {
    id: installStep,
    title: `Put ${path} in place (${file.mode} ${file.owner}:${file.group})`,
    as: o.as,
    apply: [installPart(part, file)],
    verify: isInPlace(file),
    ...(staging === null ? {} : { undo: [removeFile(temporaryBeside(path))] }),
    ...alreadySo,
  }
  const plan: PlanDraft = {
    steps: [prepare, ...fetch, install],
    warnings: path === settings.path ? [] : [`${settings.path} is really ${path}.`],
    ...(o.overwriting === null || 'alreadySo' in alreadySo
      ? {}
      : { cuts: [`It writes over ${path}. ${o.overwriting}`] }),
  }
  return { kind: 'plan', plan, file, part }
}

export const realPath = ({ folder }: Place, path: string): string =>
  `${folder === '/' || folder === null ? '' : folder}/${basename(path)}`

const isThere = ({ file }: Place, wanted: WantedFile): boolean =>
  file !== null &&
  file.sha256 === wanted.sha256 &&
  plainMode(file.mode) === wanted.mode &&
  file.owner === wanted.owner &&
  file.group === wanted.group

const no = (because: string) => ({ because, full: false })

function whyNot(o: UploadSituation): { because: string; full: boolean } | null {
  const { place, settings, source, staging } = o
  if (place.folder === null) return no(`the folder of ${settings.path} is not there.`)
  const path = realPath(place, settings.path)
  const outside = whyOutside(path, o.roots)
  if (outside !== null) return no(outside)
  if (place.kind === 'link') return no(`${path} is a symbolic link; name what it points to.`)
  if (place.kind === 'other') return no(`${path} is no regular file.`)
  if (!place.isWritable) return no(`${place.user} may not write to ${place.folder}.`)
  for (const [where, free] of [
    [place.folder, place.freeBytes],
    ...(staging === null ? [] : ([[staging.home, staging.freeBytes]] as const)),
  ] as const) {
    if (free < source.bytes)
      return { because: `${where} has room for ${free} bytes, and the file has ${source.bytes}.`, full: true }
  }
  return null
}

/** Places of the kernel, of devices, and of the product itself: no file is put or changed there from outside. */
const reserved = /^\/(proc|sys|dev)(\/|$)|^\/var\/lib\/drydock(\/|$)|\/\.local\/state\/drydock(\/|$)/

/** Why a path, without links, is none that a transfer may use; null where it is. */
export function whyOutside(path: string, roots: readonly string[]): string | null {
  if (reserved.test(path)) return `${path} is a place that the system, or Drydock itself, keeps for its own.`
  const inside = roots.some((root) => path.startsWith(root.endsWith('/') ? root : `${root}/`))
  return inside ? null : `${path} is outside of where files may be moved: ${roots.join(', ')}.`
}

export const shownBytes = (bytes: number): string => {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power] ?? ''}`
}
