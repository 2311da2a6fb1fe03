import { z } from '@hono/zod-openapi'
import { showWhole } from '../schema/redaction.ts'
import { Session } from '../schema/session.ts'
import { outside, present } from './present.ts'

const View = Session.extend({
  env: z.record(z.string(), z.string()).describe('What looks private in a value is cut'),
})

/** A session as the API shows it. */
export const SessionView = outside(View, 'Session')

export const presentSession = (session: Session) =>
  present(View, {
    ...session,
    env: Object.fromEntries(Object.entries(session.env).map(([name, value]) => [name, shown(name, value)])),
  })

/** Whether a value is private is told by the name in front of it. */
const shown = (name: string, value: string): string => showWhole(`${name}=${value}`).slice(name.length + 1)
