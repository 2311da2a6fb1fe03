import { createClient, type Client } from './client.ts'
import { findConnection } from './connection.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import type { Screen } from './screen.ts'
import type { Surroundings } from './surroundings.ts'

/** What every command works with. */
export type Cli = {
  readonly around: Surroundings
  readonly screen: Screen
  /** The API, found when a command first asks for it: bad arguments are told before. */
  api(): Client
  /** Ends the process with this code once the command has returned. */
  endWith(code: ExitCode): void
  readonly ending: () => ExitCode
}

export function createCli(around: Surroundings, screen: Screen): Cli {
  let client: Client | null = null
  let code: ExitCode = exitCode.done
  return {
    around,
    screen,
    api: () => (client ??= createClient({ connection: findConnection(around.env), fetch: around.fetch })),
    endWith: (wanted) => {
      code = wanted
    },
    ending: () => code,
  }
}
