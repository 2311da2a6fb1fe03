import { join } from 'node:path'
import { homeFolder } from '../schema/folders.ts'
import type { Settings } from '../schema/settings.ts'

/** Where one installation keeps its data, its keys and what it tells about itself. Everything in it is private to its owner. */
export type Home = {
  readonly root: string
  readonly postgres: string
  readonly temporalFile: string
  readonly masterKey: string
  readonly token: string
  /** What the local stack tells the CLI: URL, token's place, Temporal Web UI. */
  readonly local: string
  /** The merged settings that the stack hands to its own processes. */
  readonly runtimeSettings: string
  readonly logs: string
}

export function homeOf(settings: Pick<Settings, 'home'>, env: NodeJS.ProcessEnv): Home {
  const root = settings.home ?? homeFolder(env)
  return {
    root,
    postgres: join(root, 'postgres'),
    temporalFile: join(root, 'temporal.db'),
    masterKey: join(root, 'master.key'),
    token: join(root, 'token'),
    local: join(root, 'run/local.json'),
    runtimeSettings: join(root, 'run/settings.json'),
    logs: join(root, 'logs'),
  }
}
