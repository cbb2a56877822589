import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogRows, type CatalogRow } from './catalog-rows.ts'
import { checkFiles } from './load-catalog.ts'

const row = (key: string): string => JSON.stringify({ kind: 'part', key, name: 'Resistor', attributes: {} })

async function withFile(text: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'catalog-'))
  const file = join(folder.path, 'rows.ndjson')
  await writeFile(file, text)
  return { file, [Symbol.asyncDispose]: () => folder.remove() }
}

test('rows come with the number of their line, faulty ones with what is wrong', async () => {
  await using given = await withFile(`${row('R1')}\r\n\n{"kind":"part"}\n{"kind":\n${row('R2')}`)
  const rows: CatalogRow[] = []

  for await (const one of catalogRows(given.file)) rows.push(one)

  assert.deepEqual(
    rows.map((one) => [one.line, 'item' in one ? one.item.key : one.fault.slice(0, 4)]),
    [
      [1, 'R1'],
      [3, 'key:'],
      [4, 'Unex'],
      [5, 'R2'],
    ],
  )
})

test('before anything is stored every faulty row is counted, and the first are named', async () => {
  await using given = await withFile(`${row('R1')}\n${'{"kind":"part"}\n'.repeat(30)}`)
  await using sound = await withFile(row('R1'))

  await assert.rejects(checkFiles([sound.file, given.file]), (error: Error) => {
    assert.match(error.message, /^30 rows are no catalogue rows, nothing was stored/)
    assert.match(error.message, /rows\.ndjson, line 2: key/)
    assert.match(error.message, /line 21: /)
    assert.doesNotMatch(error.message, /line 22: /)
    return true
  })
  await checkFiles([sound.file])
})
