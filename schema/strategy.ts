import { z } from 'zod'
import { AbsolutePath } from './setup.ts'
import { Span } from './spans.ts'

/** How the new release takes the place of the old one. */
export const Strategy = z.strictObject({
  kind: z
    .enum(['rolling', 'recreate', 'blue-green', 'canary'])
    .default('rolling')
    .describe(
      '`rolling`: one unit or instance after the other, each healthy before the next; `recreate`: all stop, then all start; `blue-green`: an idle instance starts, then the proxy sends everybody there at once; `canary`: the new release gets a share first, of the requests or of the servers, and is watched',
    ),
  batch: z.int().min(1).max(100).default(1).describe('So many servers at once'),
  failures: z.int().min(1).max(1_000).default(1).describe('After so many servers that failed, no further one begins'),
  share: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('`canary`: so many of a hundred requests (one server), or of a hundred servers'),
  watch: Span.default('5m').describe('`canary`: for so long the new release is watched with its share'),
  errors: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe(
      '`canary`: more than so many of a hundred answers of the new release with a status of 500 or above, and it goes back',
    ),
  least: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1)
    .describe('`canary`: fewer answers than this prove nothing, and it goes back'),
  gate: Span.optional().describe(
    '`canary`: so long a person has, after the watch, to confirm the rest; else it goes back',
  ),
})
export type Strategy = z.infer<typeof Strategy>

/** The name of one of several instances of the same unit, such as `blue`. */
export const InstanceName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'lower-case letters, digits and _, up to 32, starting with a letter')

/** The instances of an application's template units, by the port of each. */
export const Instances = z.record(InstanceName, z.int().min(1).max(65_535))
export type Instances = z.infer<typeof Instances>

/** Who stands before the instances and sends requests to them. */
export const Proxy = z.strictObject({
  nginx: z.strictObject({
    upstream: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'lower-case letters, digits, _ and -, starting with a letter')
      .optional()
      .describe('The upstream that a site names as `proxy_pass http://NAME`; the name of the application unless told'),
    site: z
      .string()
      .min(1)
      .max(65_536)
      // oxlint-disable-next-line no-control-regex -- the character itself is what is refused
      .regex(/^[^\u0000]*$/, 'text without NUL characters')
      .optional()
      .describe('`server` blocks that stand in the same file; without it, a site of your own names the upstream'),
    file: AbsolutePath.optional().describe(
      'Where both are written: /etc/nginx/conf.d/drydock-UPSTREAM.conf unless told',
    ),
  }),
  drain: Span.default('10s').describe('So long an instance that gets no new requests may answer those that it has'),
})
export type Proxy = z.infer<typeof Proxy>
