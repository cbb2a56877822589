import { fileTypeFromBuffer } from 'file-type'
import { sniffText } from './text/sniff-text.ts'

/**
 * What the content is, with a hint for the sender where that alone would puzzle; or that it cannot be told, with the
 * code of the error that a sender should see.
 */
export type SniffedType =
  | { mediaType: string; hint?: string }
  | { mediaType: undefined; code: 'document.empty' | 'document.unknown_type' }

/**
 * Tells the media type of a document by its content. The result may be a type that is not accepted (a film, a
 * presentation): the caller compares it with `ACCEPTED_MEDIA_TYPES` and can say what it was given.
 *
 * @param head the first bytes, 4 kB or more where there are as many
 * @param fileName decides only between plain text and CSV, and between the kinds of Office packages, where the content
 *   fits both; a wrong extension does no harm
 */
export async function sniffType(head: Uint8Array, fileName?: string): Promise<SniffedType> {
  if (head.length === 0) return { mediaType: undefined, code: 'document.empty' }
  if (startsPdf(head)) return { mediaType: 'application/pdf' }
  const known = await fileTypeFromBuffer(head)
  if (known && known.mime !== 'application/xml') return withHint(officeType(known.mime, head, fileName))
  const text = sniffText(head, fileName)
  return text ? { mediaType: text } : { mediaType: undefined, code: 'document.unknown_type' }
}

/** Readers accept a PDF whose header stands anywhere in the first 1,024 bytes (ISO 32000, annex H of the Adobe text). */
function startsPdf(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 1024)).includes('%PDF-')
}

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Macros are never run, so that a document with them is one like others. */
const ALIKE: Record<string, string> = {
  'application/vnd.ms-word.document.macroenabled.12': WORD,
  'application/vnd.ms-word.template.macroenabled.12': WORD,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template': WORD,
  'application/vnd.ms-excel.sheet.macroenabled.12': EXCEL,
  'application/vnd.ms-excel.template.macroenabled.12': EXCEL,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.template': EXCEL,
}

/** An archive is told by the names in it, of which the head may hold only one that all Office packages have. */
function officeType(mime: string, head: Uint8Array, fileName = ''): string {
  if (mime !== 'application/zip') return ALIKE[mime] ?? mime
  // Names follow a mark of four bytes and 26 of sizes and dates.
  const names = Buffer.from(head)
    .toString('latin1')
    .split('PK\u0003\u0004')
    .map((entry) => entry.slice(26))
  const has = (name: RegExp) => names.some((entry) => name.test(entry))
  if (has(/^word\//)) return WORD
  if (has(/^xl\//)) return EXCEL
  if (!has(/^(?:\[Content_Types\]\.xml|_rels\/|docProps\/)/)) return mime
  if (/\.do[ct][xm]$/i.test(fileName)) return WORD
  return /\.xl[st][xm]$/i.test(fileName) ? EXCEL : mime
}

const HINTS: Record<string, string> = {
  'application/x-cfb':
    'This is an Office file with a password, or of a program older than 2007: save it without, or anew.',
  'application/vnd.ms-excel.sheet.binary.macroenabled.12': 'Save it as .xlsx.',
}

const withHint = (mediaType: string): SniffedType => {
  const hint = HINTS[mediaType]
  return hint === undefined ? { mediaType } : { mediaType, hint }
}
