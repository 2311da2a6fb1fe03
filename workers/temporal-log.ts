import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker'
import type { Logger } from 'pino'

/** Sends Temporal's own log lines through ours, where they are scrubbed. Once a process, before anything else of Temporal. */
export function useLog(log: Logger): void {
  const write = ({ level, message, meta }: LogEntry): void => {
    const { taskToken: _, ...line } = meta ?? {}
    if (level === 'ERROR') log.error(line, message)
    else if (level === 'WARN') log.warn(line, message)
    else if (level === 'INFO') log.debug(line, message)
    else log.trace(line, message)
  }
  Runtime.install({ logger: new DefaultLogger('INFO', write), shutdownSignals: [] })
}
