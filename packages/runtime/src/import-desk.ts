import { readTable } from '@stageline/documents'
import { newId, type TableCharset } from '@stageline/domain'
import { importCatalog, patiently, type CatalogColumns } from '@stageline/engine'
import type { CatalogRecord, NewCatalogImport, Observer } from '@stageline/engine/ports'
import { spoolFile, type SpooledFile } from '@stageline/store'

export type ImportOrder = Omit<NewCatalogImport, 'id' | 'bytes'> & {
  tenantId: string
  columns: CatalogColumns
  charset?: TableCharset | undefined
}

/** Where files for the catalogue are taken in and worked on, a few at a time, until the process stops. */
export type ImportDesk = AsyncDisposable & {
  /** Whether another file may be taken in now. */
  hasRoom(): boolean
  /** Keeps a file while it arrives. @throws DataError `blob.too_large` */
  receive(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<SpooledFile>
  /**
   * Begins to import a file, which is gone afterwards.
   * @returns the id of the import, or undefined while another one of the tenant, or too many of all, are under way
   */
  begin(file: SpooledFile, order: ImportOrder): Promise<string | undefined>
}

type DeskDeps = {
  /** Where files are kept while they are worked on. */
  dir: string
  catalog: CatalogRecord
  observer: Pick<Observer, 'trouble'>
}

/** A process answers other requests as well, and each import keeps a core busy. */
const MOST_AT_ONCE = 2

export function createImportDesk({ dir, catalog, observer }: DeskDeps): ImportDesk {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const { signal } = stopping
  // While the database is away an import waits; it counts as interrupted meanwhile, and goes on afterwards.
  const patient: CatalogRecord = {
    ...catalog,
    put: (...given) => patiently(() => catalog.put(...given), { observer, signal }),
    noteImport: (...given) => patiently(() => catalog.noteImport(...given), { observer, signal }),
  }
  const hasRoom = () => !signal.aborted && running.size < MOST_AT_ONCE
  const run = async (file: SpooledFile, about: NewCatalogImport, { tenantId, columns, charset }: ImportOrder) => {
    await using stack = new AsyncDisposableStack()
    stack.use(file)
    const task = { tenantId, about, columns, read: () => readTable(file, charset) }
    await importCatalog(task, { catalog: patient, signal, clock: () => performance.now() })
  }
  return {
    hasRoom,
    receive: (content, maxBytes) => spoolFile(dir, content, maxBytes),
    async begin(file, order) {
      if (!hasRoom()) return undefined
      const { fileName, actor, dryRun, onFault } = order
      const about = { id: newId(), bytes: file.bytes, fileName, actor, dryRun, onFault }
      const begun = catalog.beginImport(order.tenantId, about)
      const work = begun
        .then(
          (isBegun) => (isBegun ? run(file, about, order) : undefined),
          () => undefined,
        )
        .catch((error: unknown) => observer.trouble('catalog.import_failed', error))
      running.add(work)
      void work.finally(() => running.delete(work))
      return (await begun) ? about.id : undefined
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('The service is stopping'))
      await Promise.all(running)
    },
  }
}
