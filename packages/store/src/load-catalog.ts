import { CATALOG_KINDS, type CatalogItem } from '@stageline/domain'
import { parseArgs } from 'node:util'
import { catalogRows } from './catalog-rows.ts'
import { openDatabase } from './database.ts'
import { DEFAULT_TENANT_ID } from './default-tenant.ts'
import { createRecordWriter } from './record-writer.ts'

/** Rows stored in one transaction, between two lines of progress. */
const BATCH = 20_000
/** Faulty rows that are named; of more there is a count. */
const NAMED_FAULTS = 20

/**
 * Loads reference data into the catalogue: `node packages/store/src/load-catalog.ts [--if-empty] FILE.ndjson …` with
 * `DATABASE_URL` of the role `gateway`. New rows are added and known ones replaced; with `--if-empty` nothing happens
 * where the tenant has a catalogue already.
 *
 * Every row is checked before the first is stored, so that one that is faulty leaves nothing half done. Files are read
 * twice and never held; a load that was interrupted is completed by repeating it.
 *
 * @param tell is told after each batch how many rows are stored
 * @throws Error that names faulty rows by file and line
 */
export async function loadCatalog({
  url,
  files,
  ifEmpty,
  tell = () => {},
}: {
  url: string
  files: readonly string[]
  ifEmpty: boolean
  tell?: (stored: number) => void
}): Promise<number> {
  await using database = openDatabase({ url, role: 'gateway', applicationName: 'stageline-load-catalog', max: 1 })
  const writer = createRecordWriter(database)
  if (ifEmpty) {
    const counts = await Promise.all(CATALOG_KINDS.map((kind) => writer.countCatalogItems(DEFAULT_TENANT_ID, kind)))
    if (counts.some((count) => count > 0)) return 0
  }
  await checkFiles(files)
  let stored = 0
  for await (const items of batches(files)) {
    stored += await writer.putCatalogItems(DEFAULT_TENANT_ID, items)
    tell(stored)
  }
  return stored
}

/** Reads all files through; rejects with the first faulty rows and the number of all. */
export async function checkFiles(files: readonly string[]): Promise<void> {
  const faults: string[] = []
  let count = 0
  for (const file of files) {
    for await (const row of catalogRows(file)) {
      if ('item' in row) continue
      count += 1
      if (faults.length < NAMED_FAULTS) faults.push(`${file}, line ${row.line}: ${row.fault}`)
    }
  }
  if (count > 0) throw new Error([`${count} rows are no catalogue rows, nothing was stored`, ...faults].join('\n'))
}

async function* batches(files: readonly string[]): AsyncGenerator<CatalogItem[]> {
  let items: CatalogItem[] = []
  for (const file of files) {
    for await (const row of catalogRows(file)) {
      if ('item' in row) items.push(row.item)
      if (items.length < BATCH) continue
      yield items
      items = []
    }
  }
  if (items.length > 0) yield items
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'if-empty': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const url = process.env['DATABASE_URL']
  if (!url) throw new Error('Set DATABASE_URL, with the role gateway')
  if (positionals.length === 0) throw new Error('Name the files: load-catalog.ts FILE.ndjson …')
  const tell = (stored: number): boolean => process.stderr.write(`${stored} rows stored\n`)
  const count = await loadCatalog({ url, files: positionals, ifEmpty: values['if-empty'], tell })
  process.stdout.write(`${count} catalogue rows\n`)
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`load-catalog: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
