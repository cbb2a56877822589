import type { RecordSource, TableRows } from '@stageline/engine/ports'
import { inOrder } from './in-order.ts'

/** An uploaded table: CSV, JSON lines or XLSX; positions are its lines. */
export const tableSource = (rows: TableRows): RecordSource => ({
  read: (reading, signal) => inOrder(itemsOf(rows, signal), reading),
})

async function* itemsOf(rows: TableRows, signal: AbortSignal) {
  for await (const row of rows()) {
    signal.throwIfAborted()
    if ('columns' in row) continue
    const position = String(row.line)
    if ('fault' in row) yield { position, fault: row.column === null ? row.fault : `${row.column}: ${row.fault}` }
    else yield { position, record: row.record }
  }
}
