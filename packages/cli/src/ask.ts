import { ApiProblem } from '@stageline/client'

/** The body of an answer. @throws ApiProblem where the line says no */
export async function ask<Body>(
  asked: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<NonNullable<Body>> {
  const { data, error, response } = await asked
  if (data === undefined || data === null) throw new ApiProblem(response, error)
  return data
}

type Page<Item> = { items: Item[]; next: string | null }

/** The API gives at most this many at a time. */
const MOST_IN_A_PAGE = 200

/** As many items as are wanted, over as many pages as that takes; `next` is where the rest begins. */
export async function askPages<Item>(
  wanted: number,
  askPage: (query: { limit: number; cursor?: string }) => Promise<{ data?: Page<Item>; response: Response }>,
): Promise<Page<Item>> {
  const items: Item[] = []
  let next: string | null = null
  do {
    const limit = Math.min(wanted - items.length, MOST_IN_A_PAGE)
    const page: Page<Item> = await ask(askPage(next === null ? { limit } : { limit, cursor: next }))
    items.push(...page.items)
    next = page.next
  } while (next !== null && items.length < wanted)
  return { items, next }
}
