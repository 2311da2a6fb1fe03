import { z } from 'zod'
import { UnitName } from './lockdown.ts'
import { SecretName } from './secret.ts'
import { ServerName } from './server.ts'
import { AbsolutePath } from './setup.ts'
import { Span } from './spans.ts'
import { VariableName } from './start.ts'
import { Instances, Proxy, Strategy } from './strategy.ts'

// Every name here is one word, so that the file, the API and the code call it the same.

export const ApplicationName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits and dashes, up to 63, starting and ending with a letter or digit',
  )

/** A version in its maker's words. */
export const Version = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'letters, digits and . _ + -, up to 64, starting with a letter or digit')

const withoutNul = (most: number) =>
  z
    .string()
    .max(most)
    // oxlint-disable-next-line no-control-regex -- the character itself is what is refused
    .regex(/^[^\u0000]*$/, 'text without NUL characters')

const source = z
  .string()
  .max(2_048)
  .regex(
    /^(https?:\/\/[^\s/@?#]+(\/[^\s#]*)?|host:\/[^\u0000-\u001f]+)$/, // oxlint-disable-line no-control-regex -- they are what is refused
    'an address (https://..., without user or password), or host:/path for what lies on the server already',
  )

/** What is brought to a server. What is not a directory has a checksum: it is what makes the same release the same. */
export const Artifact = z
  .strictObject({
    source,
    kind: z.enum(['tar.gz', 'zip', 'file', 'directory']).default('tar.gz'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the file, 64 hexadecimal digits in lower case')
      .optional(),
    strip: z.int().min(0).max(8).default(0).describe('So many leading folders of each name in a tar.gz are left out'),
    mode: z
      .string()
      .regex(/^[0-7]{3}$/, 'three octal digits such as 755')
      .default('755')
      .describe('Of a single file'),
    bytes: z.int().min(1).max(1_099_511_627_776).default(4_294_967_296).describe('No more than this, unpacked'),
    entries: z.int().min(1).max(5_000_000).default(200_000).describe('No more files and folders than this'),
  })
  .superRefine(({ kind, sha256, strip, source: from }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (kind !== 'directory' && sha256 === undefined) wrong('sha256', `a ${kind} needs its sha256`)
    if (kind === 'directory' && sha256 !== undefined) wrong('sha256', 'a directory has no sha256')
    if (kind === 'directory' && !from.startsWith('host:')) wrong('source', 'a directory lies on the server: host:/path')
    if (kind !== 'tar.gz' && strip > 0) wrong('strip', 'only folders in a tar.gz can be left out')
  })
export type Artifact = z.infer<typeof Artifact>

const noAddress = 'an address such as http://127.0.0.1:8080/health'

/** One thing that holds of a healthy application. */
export const HealthCheck = z
  .strictObject({
    http: z
      .string()
      .max(2_048)
      .regex(/^https?:\/\/[^\s/?#]+([/?#]\S*)?$/, { error: noAddress, abort: true })
      .refine((text) => URL.canParse(text.replaceAll(/\$(PORT\b|\{PORT\})/g, '80')), noAddress)
      .optional()
      .describe('Asked by the server itself, such as http://127.0.0.1:8080/health; $PORT is that of each instance'),
    status: z.int().min(100).max(599).optional().describe('The status that `http` answers with; 200 unless told'),
    body: withoutNul(4_096).min(1).optional().describe('Text that the answer to `http` holds'),
    tcp: z.int().min(1).max(65_535).optional().describe('A port that something listens on'),
    command: withoutNul(16_384).min(1).optional().describe('Run as the application user; exit status 0 is healthy'),
    limit: Span.default('30s').describe('How long it may take to hold after a start'),
  })
  .superRefine((check, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const kinds = [check.http, check.tcp, check.command].filter((part) => part !== undefined)
    if (kinds.length !== 1) wrong([], 'exactly one of http, tcp and command')
    if (check.http === undefined && check.status !== undefined) wrong(['status'], 'only http answers with a status')
    if (check.http === undefined && check.body !== undefined) wrong(['body'], 'only http answers with a body')
  })
export type HealthCheck = z.infer<typeof HealthCheck>

/** A unit of systemd that serves the application. */
export const ApplicationUnit = z.strictObject({
  name: UnitName,
  file: withoutNul(65_536)
    .min(1)
    .optional()
    .describe('The text of its unit file, which the deployment writes; without it, the unit is there already'),
  health: z.array(HealthCheck).max(20).default([]).describe('Of this unit alone, beside those of the application'),
  limit: Span.default('60s').describe('How long it may take to start'),
})
export type ApplicationUnit = z.infer<typeof ApplicationUnit>

/** A value as it is, or by reference to a stored secret. */
export const Variable = z.union([
  withoutNul(32_768),
  z.number(),
  z.boolean(),
  z.strictObject({ secret: SecretName, version: z.int().positive().optional() }),
])
export type Variable = z.infer<typeof Variable>

export const Hook = z.strictObject({
  run: withoutNul(16_384).min(1).describe('A command line; it runs in the folder of the release, with its environment'),
  as: z.enum(['app', 'root']).default('app'),
  limit: Span.default('10m'),
})
export type Hook = z.infer<typeof Hook>

/** A path inside of a release. */
const InnerPath = z
  .string()
  .max(1_024)
  .regex(
    /^[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*(\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)*$/,
    'a path inside of the release, of names that do not start with a dot',
  )

/** An application as its one file declares it (spec DEPLOY-1 to DEPLOY-8). */
export const Application = z
  .strictObject({
    name: ApplicationName,
    version: Version.optional().describe('What people call this release; without it, the beginning of its digest'),
    artifact: Artifact,
    root: AbsolutePath.optional().describe('Where releases lie: /srv/NAME unless told'),
    shared: z.array(InnerPath).max(100).default([]).describe('Folders that all releases share, such as uploads'),
    units: z.array(ApplicationUnit).min(1).max(50),
    environment: z
      .record(VariableName, Variable)
      .default({})
      .describe('Lies in the release as .drydock.env, for root alone'),
    health: z.array(HealthCheck).max(20).default([]),
    hooks: z
      .strictObject({
        before: z.array(Hook).max(20).default([]).describe('Before the switch, while the old release serves'),
        after: z.array(Hook).max(20).default([]).describe('After the switch, once the new release is healthy'),
      })
      .prefault({}),
    hosts: z.array(ServerName).max(1_000).default([]),
    instances: Instances.default({}).describe(
      'Several of each template unit (its name ends with @) on one server, each with a PORT and a release of its own',
    ),
    proxy: Proxy.optional(),
    strategy: Strategy.prefault({}),
    settle: Span.default('5s').describe('For so long everything must stay healthy'),
    keep: z.int().min(2).max(100).default(5).describe('So many releases stay on a server'),
  })
  .superRefine(({ units, root, environment, ...application }, context) => {
    const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const names = units.map(({ name }) => name.replace(/\.service$/, ''))
    for (const [index, name] of names.entries())
      if (names.indexOf(name) !== index) wrong(['units', index, 'name'], `${name} stands here twice`)
    if (root !== undefined && !/^\/(srv|opt|home|var\/(lib|www|opt)|usr\/local)\/[^/]/.test(root))
      wrong(['root'], 'a folder of its own below /srv, /opt, /home, /usr/local, /var/lib, /var/opt or /var/www')
    if (Object.keys(environment).length > 500) wrong(['environment'], 'no more than 500 variables')
    for (const [path, message] of faultsOfInstances({ units, ...application })) wrong(path, message)
  })
export type Application = z.infer<typeof Application>

/** What somebody has typed in it, to be run on a server as it stands. */
export function typedIn({ hooks, health, units }: Application): string[] {
  const checks = [...health, ...units.flatMap((unit) => unit.health)]
  const typed = [...hooks.before, ...hooks.after].map(({ run }) => run)
  return [...typed, ...checks.flatMap(({ command }) => (command === undefined ? [] : [command]))]
}

type Declared = {
  units: readonly ApplicationUnit[]
  instances: Instances
  proxy?: Proxy | undefined
  strategy: Strategy
  hosts: readonly string[]
}

function faultsOfInstances({ units, instances, proxy, strategy, hosts }: Declared): [string[], string][] {
  const ports = Object.values(instances)
  const faults: [string[], string][] = []
  const templates = units.filter(({ name }) => isTemplate(name))
  if (templates.length > 0 && ports.length === 0)
    faults.push([['instances'], `is needed, because ${templates[0]?.name} is a template`])
  if (ports.length > 0 && templates.length === 0)
    faults.push([['instances'], 'needs a template among the units, such as shop@'])
  if (ports.length === 1 || ports.length > 8) faults.push([['instances'], 'two to eight'])
  if (new Set(ports).size !== ports.length) faults.push([['instances'], 'each has a port of its own'])
  if (proxy !== undefined && ports.length === 0) faults.push([['proxy'], 'needs instances to send requests to'])
  const file = proxy?.nginx.file
  if (file !== undefined && !/^\/etc\/nginx\/[^.]/.test(file))
    faults.push([['proxy', 'nginx', 'file'], 'a file below /etc/nginx'])
  const isBehind = ports.length > 0 && proxy !== undefined
  if (strategy.kind === 'blue-green' && !isBehind)
    faults.push([['strategy', 'kind'], 'blue-green needs instances and a proxy'])
  if (strategy.kind === 'canary' && !isBehind && hosts.length < 2)
    faults.push([['strategy', 'kind'], 'canary needs instances and a proxy, or several hosts'])
  return faults
}

/** Whether a unit is a template, of which each instance makes a unit. */
export const isTemplate = (unit: string): boolean => /@(\.service)?$/.test(unit)

/** The folder of an application on its servers. */
export const rootOf = ({ name, root }: Pick<Application, 'name' | 'root'>): string =>
  root === undefined ? `/srv/${name}` : root.replace(/\/$/, '')
