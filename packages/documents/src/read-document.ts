import { DataError } from '@stageline/domain'
import type { DocumentModel } from '@stageline/domain'
import { acceptedMediaType, type AcceptedMediaType } from './accepted-media-types.ts'
import type { DocumentDraft, DocumentSource } from './document-draft.ts'
import { DOCUMENT_LIMITS } from './document-limits.ts'
import type { ReadRequest } from './process/messages.ts'
import { trimDraft } from './trim-draft.ts'

/** Raised with every change that makes a stored model stale. */
const READER = 'stageline-documents/1'

/** Reads a document in this process, without limits of time and memory: those are the caller's. */
export async function readDocument({ bytes, mediaType }: ReadRequest): Promise<DocumentModel> {
  const accepted = acceptedMediaType(mediaType)
  if (!accepted) throw new DataError('document.unsupported_type', `documents of type ${mediaType} are not read`)
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(mediaType)?.[1]
  const draft = trimDraft(await readAs(accepted, { bytes, ...(charset ? { charset } : {}) }))
  refuseNothing(draft)
  const { pages = [], tables = [], structured = [], metadata = {}, warnings = [] } = draft
  return { reader: READER, mediaType: accepted, pages, tables, structured, metadata, warnings }
}

/** Parsers are loaded with the first document of their kind, so that a child without work stays small. */
async function readAs(type: AcceptedMediaType, source: DocumentSource): Promise<DocumentDraft> {
  if (type === 'application/pdf') return (await import('./pdf/read-pdf.ts')).readPdf(source)
  if (type === 'image/png' || type === 'image/jpeg') return (await import('./ocr/read-image.ts')).readImage(source)
  refuseHugeText(source)
  if (type === 'text/html') return (await import('./html/read-html.ts')).readHtml(source)
  if (type === 'application/xml') return (await import('./text/read-xml.ts')).readXml(source)
  if (type === 'text/csv') return (await import('./text/read-csv.ts')).readCsv(source)
  if (type === 'application/json') return (await import('./text/read-json.ts')).readJson(source)
  return (await import('./text/read-plain-text.ts')).readPlainText(source)
}

function refuseHugeText({ bytes }: DocumentSource): void {
  if (bytes.length <= DOCUMENT_LIMITS.textBytes) return
  throw new DataError('document.too_complex', `text of ${bytes.length} bytes is over ${DOCUMENT_LIMITS.textBytes}`)
}

function refuseNothing({ pages = [], structured = [] }: DocumentDraft): void {
  if (structured.length > 0 || pages.some(({ lines }) => lines.length > 0)) return
  throw new DataError('document.no_content', 'the document holds no text')
}
