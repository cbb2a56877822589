import { DataError } from '@stageline/domain'
import type { DocumentModel } from '@stageline/domain'
import { acceptedMediaType, type AcceptedMediaType } from './accepted-media-types.ts'
import type { DocumentDraft, DocumentSource } from './document-draft.ts'
import { DOCUMENT_LIMITS } from './document-limits.ts'
import type { ReadRequest } from './process/messages.ts'
import { trimDraft } from './trim-draft.ts'

/** Raised with every change that makes a stored model stale. */
const READER = 'stageline-documents/2'

/** Reads a document in this process, without limits of time and memory: those are the caller's. */
export async function readDocument({
  bytes,
  mediaType,
  mailDepth = 0,
}: Pick<ReadRequest, 'bytes' | 'mediaType'> & {
  /** How many mails this document is inside of. */
  mailDepth?: number
}): Promise<DocumentModel> {
  const accepted = acceptedMediaType(mediaType)
  if (!accepted) throw new DataError('document.unsupported_type', `documents of type ${mediaType} are not read`)
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(mediaType)?.[1]
  const draft = trimDraft(await readAs(accepted, { bytes, mailDepth, ...(charset ? { charset } : {}) }))
  refuseNothing(draft)
  const { pages = [], tables = [], structured = [], attachment, metadata = {}, warnings = [] } = draft
  const inside = attachment ? { attachment } : {}
  return { reader: READER, mediaType: accepted, pages, tables, structured, ...inside, metadata, warnings }
}

/** Parsers are loaded with the first document of their kind, so that a child without work stays small. */
async function readAs(type: AcceptedMediaType, source: DocumentSource & { mailDepth: number }): Promise<DocumentDraft> {
  if (isText(type)) refuseHugeText(source)
  switch (type) {
    case 'application/pdf':
      return (await import('./pdf/read-pdf.ts')).readPdf(source)
    case 'image/png':
    case 'image/jpeg':
      return (await import('./ocr/read-image.ts')).readImage(source)
    case 'image/tiff':
      return (await import('./ocr/read-tiff.ts')).readTiff(source)
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
      return (await import('./office/read-docx.ts')).readDocx(source)
    case 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet':
      return (await import('./office/read-xlsx.ts')).readXlsx(source)
    case 'message/rfc822':
      return (await import('./mail/read-mail.ts')).readMail(source, readDocument)
    case 'text/html':
      return (await import('./html/read-html.ts')).readHtml(source)
    case 'application/xml':
      return (await import('./text/read-xml.ts')).readXml(source)
    case 'text/csv':
      return (await import('./text/read-csv.ts')).readCsv(source)
    case 'application/json':
      return (await import('./text/read-json.ts')).readJson(source)
    case 'text/plain':
      return (await import('./text/read-plain-text.ts')).readPlainText(source)
    default:
      return type satisfies never
  }
}

const isText = (type: AcceptedMediaType): boolean =>
  type.startsWith('text/') || type === 'application/xml' || type === 'application/json'

function refuseHugeText({ bytes }: DocumentSource): void {
  if (bytes.length <= DOCUMENT_LIMITS.textBytes) return
  throw new DataError('document.too_complex', `text of ${bytes.length} bytes is over ${DOCUMENT_LIMITS.textBytes}`)
}

function refuseNothing({ pages = [], structured = [] }: DocumentDraft): void {
  if (structured.length > 0 || pages.some(({ lines }) => lines.length > 0)) return
  throw new DataError('document.no_content', 'the document holds no text')
}
