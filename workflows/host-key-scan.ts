import type { HostKey } from '../schema/server.ts'
import type { HostKeyScanInput } from '../schema/start.ts'
import { looks } from './activities.ts'

/** The keys a host shows, without a log-in: what registration pins. */
export const hostKeyScan = (input: HostKeyScanInput): Promise<HostKey[]> => looks.scanHostKeys(input)
