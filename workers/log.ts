import { pino, type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'
import { redactShapes } from '../schema/redaction.ts'
import type { Settings } from '../schema/settings.ts'
import type { Scrubber } from './redact.ts'

export type { Logger }

/** JSON lines in production, readable text in a terminal; every line passes the scrubber before it is written. */
export function createLog(o: {
  settings: Settings['logging']
  name: string
  scrubber: Scrubber
  to?: DestinationStream
}): Logger {
  const format = o.settings.format ?? (process.stdout.isTTY ? 'text' : 'json')
  const sink = o.to ?? (format === 'text' ? pretty({ colorize: true, sync: false }) : pino.destination({ sync: false }))
  const scrubbed: DestinationStream = { write: (line: string) => void sink.write(redactShapes(o.scrubber.scrub(line))) }
  return pino(
    { level: o.settings.level, base: { process: o.name }, timestamp: pino.stdTimeFunctions.isoTime },
    scrubbed,
  )
}
