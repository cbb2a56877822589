import { CatalogItem } from '@stageline/domain'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** A line of a file: the row it holds, or what is wrong with it. Lines are counted as an editor does. */
export type CatalogRow = { line: number; item: CatalogItem } | { line: number; fault: string }

/** The rows of an NDJSON file while it is read: a file of any size takes the memory of a line. Blank lines hold none. */
export async function* catalogRows(file: string): AsyncGenerator<CatalogRow> {
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1
    if (text.trim() !== '') yield { line, ...parseRow(text) }
  }
}

function parseRow(text: string): { item: CatalogItem } | { fault: string } {
  try {
    const parsed = CatalogItem.safeParse(JSON.parse(text))
    if (parsed.success) return { item: parsed.data }
    const [issue] = parsed.error.issues
    return { fault: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not a catalogue row'}` }
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message }
    throw error
  }
}
