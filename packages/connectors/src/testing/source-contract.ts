import type { RecordSource, SourceItem } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { it } from 'node:test'

/** What the source under test holds: in this order, with equal marks at a place where a reading may begin. */
export const ROWS = [
  { id: 'a', name: 'first', price: 1.5, seen: 1 },
  { id: 'b', name: 'Büro "東京"', price: null, seen: 2 },
  { id: 'c', name: "it's; DROP", price: 3, seen: 2 },
  { id: 'd', name: 'last', price: 0, seen: 3 },
] as const

type Opened = AsyncDisposable & { source: RecordSource }

/**
 * What every source promises, whatever is behind it.
 * @param typed false where all values come as texts, and empty ones not at all
 */
export function sourceContract(open: () => Promise<Opened>, { typed = true } = {}): void {
  const signal = new AbortController().signal
  const columns = { keyColumn: 'id', markColumn: 'seen' }

  it('gives every record once, with its place and its values', async () => {
    await using opened = await open()

    const items = await all(opened.source.read({}, signal))

    assert.deepEqual(items.map(recordOf), typed ? ROWS : ROWS.map(textsOf))
    assert.equal(new Set(items.map(({ position }) => position)).size, ROWS.length)
  })

  it('gives the same places and the same order when it is read again', async () => {
    await using opened = await open()

    const [one, two] = [await all(opened.source.read(columns, signal)), await all(opened.source.read(columns, signal))]

    assert.deepEqual(one, two)
    assert.deepEqual(one.map(markOf), ['1', '2', '2', '3'])
  })

  it('gives from a mark on what is there and later, the mark itself included', async () => {
    await using opened = await open()

    const items = await all(opened.source.read({ ...columns, from: '2' }, signal))
    const none = await all(opened.source.read({ ...columns, from: '9' }, signal))

    assert.deepEqual([items.map((item) => recordOf(item)?.['id']), none], [['b', 'c', 'd'], []])
  })

  it('never takes a mark for a part of the question', async () => {
    await using opened = await open()
    const reading = all(opened.source.read({ ...columns, from: `2' OR '1'='1` }, signal))

    const items = await reading.catch((error: Error) => {
      assert.match(error.message, /refuses|convert|invalid/i)
      return []
    })

    assert.notEqual(items.length, ROWS.length)
  })

  it('names a column that is not there', async () => {
    await using opened = await open()

    await assert.rejects(all(opened.source.read({ keyColumn: 'id', markColumn: 'no"pe' }, signal)), /no.*pe/)
  })

  it('ends with the reason of a signal that aborts between two records', async () => {
    await using opened = await open()
    const stopping = new AbortController()
    const reading = opened.source.read({}, stopping.signal)[Symbol.asyncIterator]()
    stopping.abort(new Error('enough'))

    await assert.rejects(async () => {
      for (let next = await reading.next(); !next.done; next = await reading.next());
    }, /enough/)
  })
}

export async function all(items: AsyncIterable<SourceItem>): Promise<SourceItem[]> {
  const found: SourceItem[] = []
  for await (const item of items) found.push(item)
  return found
}

export const recordOf = (item: SourceItem): Record<string, unknown> | undefined =>
  'record' in item ? { ...item.record } : undefined

const markOf = (item: SourceItem): string | null => ('mark' in item ? item.mark : null)

const textsOf = (row: (typeof ROWS)[number]): Record<string, string> =>
  Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])))
