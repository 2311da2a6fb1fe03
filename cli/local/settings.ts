import { type DestinationStream, type Logger, pino } from 'pino'
import { createLog } from '../../workers/log.ts'
import { homeOf } from '../../workers/paths.ts'
import { createScrubber } from '../../workers/redact.ts'
import { type EffectiveSettings, InvalidSettings, loadSettings } from '../../workers/settings.ts'
import { exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'

type Tree = { [key: string]: unknown }

/** The settings of this machine's installation: what `drydock up` would run with. */
export function settingsOf(o: { env: NodeJS.ProcessEnv; file?: string | undefined; flags?: Tree }): EffectiveSettings {
  try {
    return loadSettings({
      env: o.env,
      cwd: process.cwd(),
      ...(o.file === undefined ? {} : { config: o.file }),
      ...(o.flags === undefined ? {} : { flags: o.flags }),
    })
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error
    const [message = '', ...details] = error.message.split('\n')
    throw new Failure({
      message,
      code: 'VALIDATION_FAILED',
      exitCode: exitCode.usage,
      details: details.map((line) => line.trim()),
      suggestions: ['drydock.example.yaml shows every setting with its meaning and default.'],
      cause: error,
    })
  }
}

/** A log for what runs inside this command: into the installation's own folder; `hear` gets each line's words. */
export function quietLog(
  o: { effective: EffectiveSettings; env: NodeJS.ProcessEnv; name: string },
  hear: (message: string) => void = () => {},
): Logger {
  const file = pino.destination({
    dest: `${homeOf(o.effective.settings, o.env).logs}/${o.name}.log`,
    mkdir: true,
    mode: 0o600,
    sync: true, // the command may end before an asynchronous one has opened its file, and pino throws then
  })
  const to: DestinationStream = {
    write(line: string) {
      file.write(line)
      hear(messageOf(line))
    },
  }
  return createLog({ settings: o.effective.settings.logging, name: o.name, scrubber: createScrubber(), to })
}

function messageOf(line: string): string {
  const parsed: unknown = JSON.parse(line)
  return typeof parsed === 'object' && parsed !== null && 'msg' in parsed ? String(parsed.msg) : ''
}
