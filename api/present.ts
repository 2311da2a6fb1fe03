/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/switch-exhaustiveness-check, no-underscore-dangle --
   zod answers its tree without static types, and every kind without a name in it is a leaf; test/api/present.test.ts holds the walk. */
import { z } from '@hono/zod-openapi'

/** `lastKnownIp` as `last_known_ip`. */
export type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Tail extends Uncapitalize<Tail>
    ? `${Uncapitalize<Head>}${SnakeCase<Tail>}`
    : `${Uncapitalize<Head>}_${SnakeCase<Tail>}`
  : S

/** A value as it is shown outside: the same tree with its field names in snake case. Keys of records are data and stay. */
export type Outside<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? Outside<Element>[]
    : { [K in keyof T as K extends string ? SnakeCase<K> : never]: Outside<T[K]> }

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The schema of a value as it travels over HTTP, from the schema of the value inside. `name` is its name in the OpenAPI document. */
export function outside<S extends z.ZodType>(
  schema: S,
  name?: string,
): z.ZodType<Outside<z.output<S>>, Outside<z.input<S>>> {
  const renamed = renameSchema(schema)
  // The walk below keeps the tree and only renames fields, which TypeScript cannot follow; test/api/present.test.ts holds it.
  return (name ? renamed.openapi(name) : renamed) as never
}

/** A value for the outside: fields renamed, and only those that the schema names. */
export function present<S extends z.ZodType>(schema: S, value: z.output<S>): Outside<z.output<S>> {
  return rename(schema, value, (key) => [key, snakeCase(key)]) as never // as above: the walk follows the schema, not the types
}

/** A validated value from the outside, in the names of the inside. */
export function absorb<S extends z.ZodType>(schema: S, value: Outside<z.output<S>>): z.output<S> {
  return rename(schema, value, (key) => [snakeCase(key), key]) as never // as above
}

type Tree = z.core.$ZodTypes

function renameSchema(schema: z.core.$ZodType): z.ZodType {
  const tree = schema as Tree // zod's own union of every kind of schema, for narrowing on def.type
  const def = tree._zod.def
  const described = (built: z.ZodType): z.ZodType => {
    const said = z.globalRegistry.get(schema)
    return said ? built.meta(said) : built
  }
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(
        Object.entries(def.shape).map(([key, value]) => [snakeCase(key), renameSchema(value)]),
      )
      const built = def.catchall?._zod.def.type === 'never' ? z.strictObject(shape) : z.object(shape)
      return described(def.checks?.length ? withRules(built, schema) : built)
    }
    case 'array':
      return described(withChecks(z.array(renameSchema(def.element)), def.checks))
    case 'record':
      return described(
        z
          .record(def.keyType as z.ZodString, renameSchema(def.valueType)) // records here have text keys
          .meta({ propertyNames: namesOf(def.keyType) }),
      )
    case 'union': {
      const options = def.options.map(renameSchema)
      const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined
      return described(
        discriminator ? z.discriminatedUnion(snakeCase(discriminator), options as never) : z.union(options), // options are objects with that field
      )
    }
    case 'optional':
      return described(z.optional(renameSchema(def.innerType)))
    case 'nullable':
      return described(z.nullable(renameSchema(def.innerType)))
    case 'default':
    case 'prefault': {
      const inner = renameSchema(def.innerType)
      const value: unknown = rename(def.innerType, def.defaultValue, (key) => [key, snakeCase(key)])
      return described(def.type === 'default' ? z._default(inner, value) : z.prefault(inner, value))
    }
    case 'lazy': // any JSON: the depth and the characters of a body are checked before it comes here
      return described(z.unknown())
    default:
      return schema as z.ZodType // a leaf: nothing in it has a name
  }
}

/** What the OpenAPI document says of the names in a record. */
function namesOf(keyType: z.core.$ZodType): unknown {
  const { $schema: _, ...names } = z.toJSONSchema(keyType)
  return names
}

/** What an object's own rules say, in the names that the rules know. Its fields have been checked by then. */
const withRules = (built: z.ZodType, inside: z.core.$ZodType): z.ZodType =>
  built.superRefine((value, context) => {
    const checked = z.safeParse(
      inside,
      rename(inside, value, (key) => [snakeCase(key), key]),
    )
    for (const { message, path } of checked.error?.issues ?? []) context.addIssue({ code: 'custom', message, path })
  })

const withChecks = (built: z.ZodType, checks: z.core.$ZodCheck[] | undefined): z.ZodType =>
  checks?.length ? built.check(...(checks as never[])) : built // length checks of the array that was rebuilt

function rename(schema: z.core.$ZodType, value: unknown, names: (key: string) => [from: string, to: string]): unknown {
  if (value === null || value === undefined) return value
  const def = (schema as Tree)._zod.def // as above
  switch (def.type) {
    case 'object':
      return isRecord(value) ? renameFields(def.shape, value, names) : value
    case 'array':
      return Array.isArray(value) ? value.map((element) => rename(def.element, element, names)) : value
    case 'record':
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rename(def.valueType, entry, names)]))
        : value
    case 'union':
      return rename(optionOf(def, value), value, names)
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return rename(def.innerType, value, names)
    default:
      return value
  }
}

function renameFields(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  value: Record<string, unknown>,
  names: (key: string) => [from: string, to: string],
): Record<string, unknown> {
  const renamed: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(shape)) {
    const [from, to] = names(key)
    if (value[from] !== undefined) renamed[to] = rename(field, value[from], names)
  }
  return renamed
}

/** The member of a union that a value belongs to: by its discriminator, else the first object or the first of all. */
function optionOf(def: z.core.$ZodUnionDef, value: unknown): z.core.$ZodType {
  const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined
  const fits = def.options.find((option) => {
    const inner = (option as Tree)._zod.def // as above
    if (!discriminator || inner.type !== 'object' || !isRecord(value)) return z.safeParse(option, value).success
    const field = inner.shape[discriminator]
    return field ? z.safeParse(field, value[discriminator]).success : false
  })
  const first = fits ?? def.options[0]
  if (!first) throw new Error('a union without members')
  return first
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
