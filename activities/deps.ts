import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Door } from '../guard/index.ts'
import type { Settings } from '../schema/settings.ts'
import type { Ssh } from '../ssh/index.ts'
import type { Store } from '../store/index.ts'

/** What activities need, made once by the process that runs them. */
export type Deps = {
  readonly store: Store
  readonly ssh: Ssh
  readonly door: Door
  readonly temporal: Client
  readonly settings: Settings
  readonly log: Logger
  /** The worker's environment: where `env` secrets and SSH_AUTH_SOCK come from. */
  readonly env: NodeJS.ProcessEnv
  /** Tells the scrubber a value that must never be printed. */
  readonly rememberSecret: (value: string) => void
}
