import type { EffectiveSettings, SettingSource } from './settings.ts'

export type ShownSetting = { readonly value: unknown; readonly source: SettingSource }

const secretKeys = /(apiKey|password|secret|token)$/i

/** The configuration in force, value and source by key, with secrets and URL credentials cut (spec CFG-8). */
export const redactedSettings = ({ settings, sources }: EffectiveSettings): Record<string, ShownSetting> =>
  Object.fromEntries(
    Object.entries(sources).map(([path, source]) => [path, { value: redact(path, valueAt(settings, path)), source }]),
  )

function redact(path: string, value: unknown): unknown {
  if (value === undefined) return null
  if (secretKeys.test(path)) return '[redacted]'
  return typeof value === 'string' ? value.replace(/(:\/\/[^:/@\s]*):[^@/\s]*@/, '$1:[redacted]@') : value
}

const valueAt = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? new Map(Object.entries(node)).get(key) : undefined),
      tree,
    )
