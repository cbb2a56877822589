import { readTable } from '@stageline/documents'
import { CATALOG_KINDS, newId, type TableFile } from '@stageline/domain'
import { importCatalog } from '@stageline/engine'
import type { CatalogRecord, ImportFault, ImportProgress } from '@stageline/engine/ports'
import { createCatalogRecord, DEFAULT_TENANT_ID, openDatabase } from '@stageline/store'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'

/** Faults that are printed; of more there is a count. */
const SHOWN_FAULTS = 20

/**
 * Loads reference data into the catalogue: `node packages/runtime/src/load-catalog.ts [--if-empty] FILE …` with
 * `DATABASE_URL` of the role `gateway`: where no gateway runs yet, what `POST /v1/catalog:import` does. With `--if-empty`
 * nothing happens where the tenant has a catalogue already.
 *
 * @param tell is told now and then how many rows are stored
 * @throws Error that names faulty rows by file and line; of a file that has some, none is stored
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
  const catalog = createCatalogRecord(database)
  if (ifEmpty && (await catalog.items(DEFAULT_TENANT_ID, {}, { limit: 1 })).items.length > 0) return 0
  let stored = 0
  for (const path of files) {
    const { rows } = await loadFile(path, catalog, (count) => tell(stored + count))
    stored += rows.stored
  }
  return stored
}

async function loadFile(path: string, catalog: CatalogRecord, tell: (stored: number) => void): Promise<ImportProgress> {
  const { size: bytes } = await stat(path)
  const file: TableFile = { bytes, chunks: () => createReadStream(path) }
  const fileName = basename(path)
  const about = { id: newId(), fileName, bytes, actor: 'load-catalog', dryRun: false, onFault: 'refuse' } as const
  if (!(await catalog.beginImport(DEFAULT_TENANT_ID, about)))
    throw new Error(`${path}: another import is under way, try again when it has ended`)
  const telling: CatalogRecord = {
    ...catalog,
    noteImport: (tenantId, id, progress) => {
      tell(progress.rows.stored)
      return catalog.noteImport(tenantId, id, progress)
    },
  }
  const task = { tenantId: DEFAULT_TENANT_ID, about, columns: {}, read: () => readTable(file) }
  const { signal } = new AbortController()
  const progress = await importCatalog(task, { catalog: telling, signal, clock: () => performance.now() })
  if (progress.state !== 'completed') throw new Error(refusal(path, progress))
  return progress
}

function refusal(path: string, { rows, faults }: ImportProgress): string {
  const say = ({ line, column, detail }: ImportFault): string =>
    [`${path}${line === null ? '' : `, line ${line}`}`, ...(column === null ? [] : [column]), detail].join(': ')
  return [
    `${rows.faulty} rows are no catalogue rows, nothing was stored`,
    ...faults.slice(0, SHOWN_FAULTS).map(say),
  ].join('\n')
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'if-empty': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const url = process.env['DATABASE_URL']
  if (!url) throw new Error('Set DATABASE_URL, with the role gateway')
  if (positionals.length === 0)
    throw new Error(
      `Name the files, CSV, JSON lines or XLSX, with a column for kind (${CATALOG_KINDS.join(', ')}), key and name`,
    )
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
