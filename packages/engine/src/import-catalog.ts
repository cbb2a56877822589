import { DataError, type CatalogItem, type TableRow } from '@stageline/domain'
import { catalogRows, NoCatalog, type CatalogColumns, type CatalogRow } from './catalog-rows.ts'
import type { CatalogRecord, ImportFault, ImportProgress, ImportState, NewCatalogImport } from './ports/index.ts'

/** Rows stored in one transaction. */
const BATCH = 2_000
/** Faults that are named; of more there is the count. */
const NAMED_FAULTS = 100
const NOTE_EVERY_MS = 1_000

export type ImportTask = {
  tenantId: string
  about: NewCatalogImport
  columns: CatalogColumns
  /** The file from its beginning; asked twice. */
  read: () => AsyncIterable<TableRow>
}

export type ImportDeps = {
  catalog: CatalogRecord
  /** Stops it between two batches. */
  signal: AbortSignal
  /** Monotonic, ms. */
  clock: () => number
}

/**
 * Brings a file into the catalogue: reads it through first, so that a file with faults leaves nothing half done, then
 * stores it in batches. An import that is begun with `beginImport` ends in a state that says what came of it.
 *
 * @throws what the record or the file throws unexpectedly, after the import was noted as failed
 */
export async function importCatalog(task: ImportTask, deps: ImportDeps): Promise<ImportProgress> {
  const run = new ImportRun(task, deps)
  try {
    return await run.note(await runThrough(run, task, deps.signal))
  } catch (error) {
    if (deps.signal.aborted) return run.note('interrupted')
    if (error instanceof NoCatalog) return run.refuse(error.fault)
    if (error instanceof DataError) return run.refuse({ line: null, column: null, detail: error.message })
    await run.note('failed').catch(() => undefined)
    throw error
  }
}

async function runThrough(run: ImportRun, { about }: ImportTask, signal: AbortSignal): Promise<ImportState> {
  for await (const row of run.rows()) {
    signal.throwIfAborted()
    await run.count(row)
  }
  if (run.rowsRead === 0) throw new NoCatalog({ line: null, column: null, detail: 'There are no rows in the file.' })
  if (about.dryRun) return 'checked'
  if (run.isFaulty && about.onFault === 'refuse') return 'refused'
  let batch: CatalogItem[] = []
  for await (const row of run.rows()) {
    if ('item' in row) batch.push(row.item)
    if (batch.length < BATCH) continue
    signal.throwIfAborted()
    await run.store(batch)
    batch = []
  }
  await run.store(batch)
  return 'completed'
}

/** What is known of an import while it runs. */
class ImportRun {
  readonly #task: ImportTask
  readonly #deps: ImportDeps
  readonly #faults: ImportFault[] = []
  readonly #rows = { read: 0, stored: 0, faulty: 0 }
  #notedAt: number

  constructor(task: ImportTask, deps: ImportDeps) {
    this.#task = task
    this.#deps = deps
    this.#notedAt = deps.clock()
  }

  get rowsRead(): number {
    return this.#rows.read
  }

  get isFaulty(): boolean {
    return this.#rows.faulty > 0
  }

  rows(): AsyncGenerator<CatalogRow> {
    return catalogRows(this.#task.read(), this.#task.columns)
  }

  async count(row: CatalogRow): Promise<void> {
    this.#rows.read += 1
    if ('fault' in row) {
      this.#rows.faulty += 1
      if (this.#faults.length < NAMED_FAULTS) this.#faults.push(row.fault)
    }
    if (this.#rows.read % BATCH === 0) await this.#noteNowAndThen('checking')
  }

  async store(items: readonly CatalogItem[]): Promise<void> {
    if (items.length > 0) await this.#deps.catalog.put(this.#task.tenantId, items)
    this.#rows.stored += items.length
    await this.#noteNowAndThen('storing')
  }

  refuse(fault: ImportFault): Promise<ImportProgress> {
    this.#faults.unshift(fault)
    return this.note('refused')
  }

  async note(state: ImportState): Promise<ImportProgress> {
    const progress = { state, rows: { ...this.#rows }, faults: [...this.#faults] }
    await this.#deps.catalog.noteImport(this.#task.tenantId, this.#task.about.id, progress)
    return progress
  }

  async #noteNowAndThen(state: ImportState): Promise<void> {
    const now = this.#deps.clock()
    if (now - this.#notedAt < NOTE_EVERY_MS) return
    this.#notedAt = now
    await this.note(state)
  }
}
