import { Session } from 'node:inspector/promises'
import { Readable } from 'node:stream'
import { getHeapSnapshot } from 'node:v8'
import { z } from '@hono/zod-openapi'
import type { Api, Deps } from './context.ts'
import { whole } from './parameters.ts'
import { Refusal } from './problem.ts'
import { json, route } from './route.ts'

const Config = z
  .record(z.string(), z.object({ value: z.unknown(), source: z.string() }))
  .openapi('EffectiveConfiguration')

const config = route({
  method: 'get',
  path: '/debug/config',
  role: 'admin',
  tags: ['administration'],
  summary: 'The configuration in force, where each value came from, secrets cut',
  responses: { 200: json(Config, 'By key') },
})

const binary = (description: string) => ({
  200: { description, content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } } },
})

const cpuProfile = route({
  method: 'post',
  path: '/debug/cpu-profile',
  role: 'admin',
  audit: { action: 'debug.cpu_profile', security: true },
  tags: ['administration'],
  summary: 'Profile this process for some seconds; open the file in a browser’s developer tools',
  request: {
    query: z.object({ seconds: whole(1, 30, 'How long').default(5) }),
  },
  responses: binary('A .cpuprofile'),
  problems: { 409: 'A profile is being taken' },
})

const heapSnapshot = route({
  method: 'post',
  path: '/debug/heap-snapshot',
  role: 'admin',
  audit: { action: 'debug.heap_snapshot', security: true },
  tags: ['administration'],
  summary: 'Everything in the memory of this process, secrets included; it pauses while it is taken',
  responses: binary('A .heapsnapshot'),
})

/** For administrators who look into the process itself (spec API-23, CFG-8). */
export function debug(app: Api, deps: Deps): void {
  let isProfiling = false

  app.openapi(config, (c) => c.json({ ...deps.effectiveSettings() }, 200))

  app.openapi(cpuProfile, async (c) => {
    if (isProfiling) throw new Refusal(409, 'CONFLICT', 'A profile is being taken already.', { retryable: true })
    isProfiling = true
    try {
      const profile = await profileFor(c.req.valid('query').seconds * 1000)
      return c.body(JSON.stringify(profile), 200, download('drydock.cpuprofile'))
    } finally {
      isProfiling = false
    }
  })

  app.openapi(heapSnapshot, (c) => {
    const snapshot = Readable.toWeb(getHeapSnapshot())
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's web streams and the global ones are the same at run time
    return c.body(snapshot as ReadableStream, 200, download('drydock.heapsnapshot'))
  })
}

async function profileFor(ms: number): Promise<unknown> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await new Promise((resolve) => setTimeout(resolve, ms))
    return (await session.post('Profiler.stop')).profile
  } finally {
    session.disconnect()
  }
}

const download = (name: string) => ({
  'content-type': 'application/octet-stream',
  'content-disposition': `attachment; filename="${name}"`,
})
