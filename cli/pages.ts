import type { z } from 'zod'

type Page = { items: unknown[]; next?: string | null | undefined }

/** Every item of a list that the API answers in pages. */
export async function allPages<P extends Page>(
  schema: z.ZodType<P>,
  ask: (after: string | undefined) => Promise<unknown>,
): Promise<P['items']> {
  const items: P['items'] = []
  let after: string | undefined
  do {
    const page = schema.parse(await ask(after))
    items.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined)
  return items
}
