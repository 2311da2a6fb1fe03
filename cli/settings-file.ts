import { readFileSync } from 'node:fs'
import { parse as parseYaml } from 'yaml'
import { usage } from './failure.ts'

/** What `--file` names: settings of an operation as YAML or JSON, in the names of the API. */
export function readSettingsFile(path: string): Record<string, unknown> {
  try {
    const value: unknown = parseYaml(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    throw usage(
      `--file: ${path} cannot be read as YAML (${error instanceof Error ? error.message.split('\n')[0] : String(error)}).`,
    )
  }
  throw usage(`--file: ${path} holds no mapping; expected keys such as "packages:".`)
}
