import { fileTypeFromBuffer } from 'file-type'
import { sniffText } from './text/sniff-text.ts'

/** What the content is; or that it cannot be told, with the code of the error that a sender should see. */
export type SniffedType =
  | { mediaType: string }
  | { mediaType: undefined; code: 'document.empty' | 'document.unknown_type' }

/**
 * Tells the media type of a document by its content. The result may be a type that is not accepted (a spreadsheet, a
 * mail): the caller compares it with `ACCEPTED_MEDIA_TYPES` and can say what it was given.
 *
 * @param head the first bytes, 4 kB or more where there are as many
 * @param fileName decides only between plain text and CSV where the content fits both; a wrong extension does no harm
 */
export async function sniffType(head: Uint8Array, fileName?: string): Promise<SniffedType> {
  if (head.length === 0) return { mediaType: undefined, code: 'document.empty' }
  if (startsPdf(head)) return { mediaType: 'application/pdf' }
  const known = await fileTypeFromBuffer(head)
  if (known && known.mime !== 'application/xml') return { mediaType: known.mime }
  const text = sniffText(head, fileName)
  return text ? { mediaType: text } : { mediaType: undefined, code: 'document.unknown_type' }
}

/** Readers accept a PDF whose header stands anywhere in the first 1,024 bytes (ISO 32000, annex H of the Adobe text). */
function startsPdf(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 1024)).includes('%PDF-')
}
