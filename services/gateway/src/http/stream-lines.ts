import type { Response } from 'express'
import { once } from 'node:events'

type Page<Item> = { items: readonly Item[]; cursor: string | null }
type Lines<Item> = {
  after: string | null
  /** A page behind a place; one without items is the end. */
  pages: (after: string | null) => Promise<Page<Item>>
  linesOf: (item: Item) => readonly object[]
}

/** Answers with all pages behind a place as lines of JSON, at the pace at which they are read. */
export async function streamLines<Item>(response: Response, { after, pages, linesOf }: Lines<Item>): Promise<void> {
  // A place that is none has to be refused while there is still a status to refuse it with.
  const first = await pages(after)
  response.status(200).set({ 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' })
  for (let page = first; page.items.length > 0; page = await pages(page.cursor)) {
    const lines = page.items.flatMap(linesOf)
    const isTaken = response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    if (response.destroyed) return
    if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}
