import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { absorb, outside, present } from '../../api/present.ts'
import { NewServer, Server } from '../../schema/server.ts'
import { SealedCommand, SetupRequest } from '../../schema/start.ts'

const Thing = z.object({
  lastKnownIp: z.string(),
  maxRetries2: z.int().default(3),
  freeForm: z.record(z.string(), z.json()),
  oneOf: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('key'), keyPath: z.string() }),
    z.object({ kind: z.literal('agent'), agentSocket: z.string().optional() }),
  ]),
  listOf: z.array(z.object({ innerName: z.string().nullable() })).max(2),
  nestedDefault: z.object({ someFlag: z.boolean() }).default({ someFlag: true }),
})
const thing: z.infer<typeof Thing> = {
  lastKnownIp: '192.0.2.1',
  maxRetries2: 1,
  freeForm: { camelCase: { stillCamel: [1, null] }, snake_case: 'x' },
  oneOf: { kind: 'agent', agentSocket: '/run/a' },
  listOf: [{ innerName: 'a' }, { innerName: null }],
  nestedDefault: { someFlag: false },
}

describe('the names of the outside', () => {
  it('are snake case at every depth, while the keys of records stay as they are', () => {
    expect(present(Thing, thing)).toEqual({
      last_known_ip: '192.0.2.1',
      max_retries2: 1,
      free_form: { camelCase: { stillCamel: [1, null] }, snake_case: 'x' },
      one_of: { kind: 'agent', agent_socket: '/run/a' },
      list_of: [{ inner_name: 'a' }, { inner_name: null }],
      nested_default: { some_flag: false },
    })
  })

  it('come back as the same value', () => {
    expect(absorb(Thing, present(Thing, thing))).toEqual(thing)
  })

  it('are what the outside schema takes, with defaults and limits of the inside one', () => {
    const parsed = outside(Thing).parse({
      last_known_ip: 'x',
      free_form: {},
      one_of: { kind: 'key', key_path: '/k' },
      list_of: [],
    })
    expect(parsed).toEqual({
      last_known_ip: 'x',
      max_retries2: 3,
      free_form: {},
      one_of: { kind: 'key', key_path: '/k' },
      list_of: [],
      nested_default: { some_flag: true },
    })
    const tooMany = outside(Thing).safeParse({
      ...present(Thing, thing),
      list_of: [1, 2, 3].map(() => ({ inner_name: 'a' })),
    })
    expect(tooMany.success).toBe(false)
    expect(outside(Thing).safeParse(thing).success).toBe(false)
  })

  it('leave out whatever the schema does not name', () => {
    const withMore = { ...thing, masterKey: 'secret' }
    expect(JSON.stringify(present(Thing, withMore))).not.toContain('secret')
  })

  it('keep the rules between the fields of an object', () => {
    const Range = z
      .object({ from: z.int(), upTo: z.int() })
      .refine(({ from, upTo }) => from <= upTo, 'from is after up_to')
    expect(outside(Range).safeParse({ from: 1, up_to: 2 }).success).toBe(true)
    expect(outside(Range).safeParse({ from: 3, up_to: 2 }).error?.issues[0]?.message).toBe('from is after up_to')
  })

  it('keep strict objects strict', () => {
    expect(outside(z.strictObject({ aB: z.string() })).safeParse({ a_b: 'x', c: 1 }).success).toBe(false)
  })
})

describe('the schemas of the product', () => {
  const login = { user: 'root', authentication: { method: 'key', key: { kind: 'stored', name: 'k' } } }

  it('register a server from snake case with every default', () => {
    const given = { name: 'web-1', hostname: 'h', root: login, alternate_port: 2222, device_type: 'ubuntu' }
    const parsed = outside(NewServer).parse(given)
    expect(absorb(NewServer, parsed)).toEqual(
      NewServer.parse({ name: 'web-1', hostname: 'h', root: login, alternatePort: 2222, deviceType: 'ubuntu' }),
    )
  })

  it('take a command and a setup with nothing but what is needed', () => {
    expect(absorb(SealedCommand, outside(SealedCommand).parse({ command: 'id', as_root: true }))).toEqual(
      SealedCommand.parse({ command: 'id', asRoot: true }),
    )
    expect(absorb(SetupRequest, outside(SetupRequest).parse({}))).toEqual(SetupRequest.parse({}))
  })

  it('have no field in camel case outside', () => {
    const names = JSON.stringify(z.toJSONSchema(outside(Server), { io: 'input', unrepresentable: 'any' })).match(
      /"properties":\{[^}]*/g,
    )
    expect(names?.join()).not.toMatch(/"[a-z]+[A-Z][A-Za-z]*":\{/)
  })
})
