import type { DocumentModel, Extraction } from '@stageline/domain'
import { readCii } from './read-cii.ts'
import { readUbl } from './read-ubl.ts'

/** The invoice that a document carries as XML; undefined where it carries none that holds a number or a total. */
export function readStructuredInvoice(document: DocumentModel): Extraction | undefined {
  for (const part of document.structured) {
    const read = part.form === 'ubl' ? readUbl : part.form === 'cii' ? readCii : undefined
    const extraction = read?.(part.data)
    if (extraction && (extraction.fields['invoice_number'] ?? extraction.fields['gross_total'])) return extraction
  }
  return undefined
}
