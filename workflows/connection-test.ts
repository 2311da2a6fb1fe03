import type { ConnectionTest } from '../schema/connection-test.ts'
import type { ConnectionTestInput } from '../schema/start.ts'
import { looks } from './activities.ts'

/** Tries TCP, host key, log-ins and sudo of one server; the API waits for the answer. */
export const connectionTest = (input: ConnectionTestInput): Promise<ConnectionTest> => looks.testConnection(input)
