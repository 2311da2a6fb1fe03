import { z } from 'zod'
import { UnitName } from './lockdown.ts'
import { UserName } from './server.ts'
import { AbsolutePath } from './setup.ts'

// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const line = z.string().regex(/^[^\x00-\x1f\x7f]*$/, 'one line without control characters')

const program = z
  .string()
  .max(4_096)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^(\/[^\x00-\x20\x7f/]+)+$/, 'the absolute path of a program')

/** A command as the words that it is: no shell reads them, and nothing in them is a variable or a specifier. */
const Words = z.tuple([program], line.max(4_096))

const names = z.array(UnitName).max(50).default([])
const milliseconds = z.int().min(1).max(86_400_000)

/** A service as a unit file says it (spec SVC-4). */
export const UnitDefinition = z.strictObject({
  description: line.min(1).max(200),
  command: Words.describe('The program with its arguments, word by word'),
  reload: Words.optional().describe('What has it read its configuration anew; `$MAINPID` as a word is its process'),
  type: z.enum(['exec', 'simple', 'notify', 'forking', 'oneshot']).default('exec'),
  user: UserName.optional(),
  group: UserName.optional(),
  directory: AbsolutePath.optional(),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'a variable name'), line.max(32_768))
    .default({})
    .describe('Everybody on the host can read it: what is secret belongs into a file'),
  environmentFiles: z.array(AbsolutePath).max(20).default([]),
  restart: z.enum(['no', 'on-failure', 'on-abnormal', 'always']).default('on-failure'),
  restartMs: milliseconds.default(1_000).describe('How long after its end it is started again'),
  startMs: milliseconds.optional().describe('How long a start may take'),
  stopMs: milliseconds.optional().describe('How long a stop may take before it is killed'),
  requires: names,
  wants: names,
  after: names,
  before: names,
  wantedBy: z.array(UnitName).max(10).default(['multi-user.target']),
  limits: z
    .strictObject({
      memoryBytes: z.int().min(1_048_576).optional(),
      cpuPercent: z.int().min(1).max(100_000).optional().describe('100 is one whole processor'),
      tasks: z.int().min(1).max(4_194_304).optional(),
      openFiles: z.int().min(16).max(1_073_741_816).optional(),
    })
    .prefault({}),
})
export type UnitDefinition = z.infer<typeof UnitDefinition>

/** What an operation brings about: the unit file, and how the service stands afterwards. */
export const UnitDefinitionSettings = z.object({
  service: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9:_-]{0,200}(\.service)?$/, 'a service such as web or web.service, and no template'),
  definition: UnitDefinition,
  enabled: z.boolean().default(true).describe('Whether it starts with the host'),
  state: z
    .enum(['running', 'stopped', 'as_it_is'])
    .default('running')
    .describe('`running`: also restarted where its file has changed'),
  timeoutMs: z.int().min(1_000).max(3_600_000).default(60_000).describe('How long it may take until it is up'),
})
export type UnitDefinitionSettings = z.infer<typeof UnitDefinitionSettings>
