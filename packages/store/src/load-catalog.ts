import { CatalogItem, CATALOG_KINDS } from '@stageline/domain'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from './database.ts'
import { DEFAULT_TENANT_ID } from './default-tenant.ts'
import { createRecordWriter } from './record-writer.ts'

/**
 * Loads reference data into the catalogue: `node packages/store/src/load-catalog.ts [--if-empty] FILE.ndjson …` with
 * `DATABASE_URL` of the role `gateway`. New rows are added and known ones replaced; with `--if-empty` nothing happens
 * where the tenant has a catalogue already.
 */
export async function loadCatalog({
  url,
  files,
  ifEmpty,
}: {
  url: string
  files: readonly string[]
  ifEmpty: boolean
}): Promise<number> {
  await using database = openDatabase({ url, role: 'gateway', applicationName: 'stageline-load-catalog', max: 1 })
  const writer = createRecordWriter(database)
  if (ifEmpty) {
    const counts = await Promise.all(CATALOG_KINDS.map((kind) => writer.countCatalogItems(DEFAULT_TENANT_ID, kind)))
    if (counts.some((count) => count > 0)) return 0
  }
  const items = await Promise.all(files.map(readItems))
  // Awaited here: the connection closes when this function returns.
  return await writer.putCatalogItems(DEFAULT_TENANT_ID, items.flat())
}

async function readItems(file: string): Promise<CatalogItem[]> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      return CatalogItem.parse(JSON.parse(line))
    } catch (error) {
      throw new Error(
        `${file}, line ${i + 1} is not a catalogue row: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  })
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'if-empty': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const url = process.env['DATABASE_URL']
  if (!url) throw new Error('Set DATABASE_URL, with the role gateway')
  if (positionals.length === 0) throw new Error('Name the files: load-catalog.ts FILE.ndjson …')
  const count = await loadCatalog({ url, files: positionals, ifEmpty: values['if-empty'] })
  process.stdout.write(`${count} catalogue rows\n`)
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`load-catalog: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
