import type { Server } from '../schema/server.ts'
import type { PreviewInput } from '../schema/start.ts'
import type { Deps, Request } from './context.ts'
import { startOperation } from './start-operation.ts'

type Preview = {
  readonly server: Server
  readonly title: string
  readonly of: PreviewInput['of']
  /** What else is stored of the request. */
  readonly more?: Readonly<Record<string, unknown>>
  /** As `NewOperation` has it. */
  readonly asked?: string
}

/** Plans only: an operation that holds nothing and changes nothing. */
export const startPreview = (deps: Deps, c: Request, { server, title, of, more, asked }: Preview) =>
  startOperation(deps, c, {
    kind: 'preview',
    server,
    title,
    work: { server: { id: server.id, name: server.name }, of },
    input: { of, ...more },
    ...(asked === undefined ? {} : { asked }),
  })
