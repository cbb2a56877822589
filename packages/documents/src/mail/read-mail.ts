import { DataError } from '@stageline/domain'
import type { DocumentModel, StructuredPart } from '@stageline/domain'
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { acceptedMediaType } from '../accepted-media-types.ts'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { sniffType } from '../sniff-type.ts'
import { parseXml } from '../text/read-xml.ts'
import { mailDraft } from './mail-draft.ts'
import { rankAttachments, type ReadableAttachment } from './rank-attachments.ts'

/** Reads a file of a mail; a mail in a mail is one level deeper. */
export type ReadInside = (source: { bytes: Uint8Array; mediaType: string; mailDepth: number }) => Promise<DocumentModel>

/** Files tried where those before could not be read. */
const TRIES = 3

/**
 * Mail (RFC 5322, MIME): its subject, people and body as the first page, then the pages of the one file that most likely
 * is its business. E-invoices in XML come as structured parts, whichever file is read. All names are in the metadata.
 *
 * @throws DataError `document.unreadable`, `document.encrypted`, `document.too_complex`
 */
export async function readMail(
  { bytes, mailDepth = 0 }: DocumentSource & { mailDepth?: number },
  readInside: ReadInside,
): Promise<DocumentDraft> {
  const email = await parseMail(bytes)
  const { readable, warnings } = await sortFiles(email.attachments)
  const draft = mailDraft(email)
  const invoices = eInvoices(readable)
  const ranked = rankAttachments(mailDepth < DOCUMENT_LIMITS.mailDepth ? readable : readable.filter(isNoMail))
  const { file, model, faults } = await readFirst(ranked, mailDepth, readInside)
  const others = readable.filter((other) => other !== file && !invoices.some(({ from }) => from === other.name))
  return {
    ...appended(draft, invoices, file, model),
    warnings: [...(draft.warnings ?? []), ...warnings, ...faults, ...others.map(({ name }) => `not read: ${name}`)],
  }
}

async function parseMail(bytes: Uint8Array): Promise<Email> {
  const { mailDepth, mailLevels, mailHeaderBytes, mailFiles } = DOCUMENT_LIMITS
  const limits = { maxNestingDepth: mailLevels, maxHeadersSize: mailHeaderBytes, maxRfc822NestingDepth: mailDepth }
  const email = await PostalMime.parse(bytes, limits).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    const code = /maximum/i.test(reason) ? 'document.too_complex' : 'document.unreadable'
    throw new DataError(code, `the mail cannot be read: ${reason}`)
  })
  if (email.attachments.length > mailFiles)
    throw new DataError('document.too_complex', `a mail of ${email.attachments.length} files is over ${mailFiles}`)
  if (email.headers.length === 0) throw new DataError('document.unreadable', 'the mail has no header')
  if (email.attachments.some(isSecret)) throw new DataError('document.encrypted', 'the mail is encrypted')
  return email
}

/** RFC 3156 and RFC 8551: the whole body is in the file. */
const isSecret = ({ mimeType, filename }: Attachment): boolean =>
  mimeType === 'application/pgp-encrypted' ||
  (/^application\/(x-)?pkcs7-mime$/.test(mimeType) && /\.p7m$|^$/i.test(filename ?? ''))

async function sortFiles(files: Attachment[]): Promise<{ readable: ReadableAttachment[]; warnings: string[] }> {
  const readable: ReadableAttachment[] = []
  const warnings: string[] = []
  for (const [index, { filename, content, related, mimeType }] of files.entries()) {
    if (related && mimeType.startsWith('image/')) continue
    const name = (filename ?? `file ${index + 1}`).slice(0, 200)
    const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
    const sniffed = await sniffType(bytes.subarray(0, 4100), name)
    const mediaType = acceptedMediaType(sniffed.mediaType ?? '')
    if (mediaType) readable.push({ name, bytes, mediaType })
    else warnings.push(`not read: ${name} (${sniffed.mediaType ?? mimeType})`)
  }
  return { readable, warnings }
}

const isNoMail = ({ mediaType }: ReadableAttachment): boolean => mediaType !== 'message/rfc822'

function eInvoices(files: readonly ReadableAttachment[]): StructuredPart[] {
  return files.flatMap(({ name, bytes, mediaType }) => {
    if (mediaType !== 'application/xml' || bytes.length > DOCUMENT_LIMITS.textBytes) return []
    try {
      const { structured } = parseXml(bytes, name)
      return structured.form === 'ubl' || structured.form === 'cii' ? [structured] : []
    } catch (error) {
      // Said where the file itself is read.
      if (error instanceof DataError) return []
      throw error
    }
  })
}

type FirstRead = { file?: ReadableAttachment; model?: DocumentModel; faults: string[] }

async function readFirst(
  ranked: readonly ReadableAttachment[],
  mailDepth: number,
  readInside: ReadInside,
): Promise<FirstRead> {
  const faults: string[] = []
  for (const file of ranked.slice(0, TRIES)) {
    const { bytes, mediaType, name } = file
    try {
      return { file, model: await readInside({ bytes, mediaType, mailDepth: mailDepth + 1 }), faults }
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      faults.push(`${name}: ${error.message} (${error.code})`)
    }
  }
  return { faults }
}

/** The pages of the file stand behind the mail's own and are counted on. */
function appended(
  draft: DocumentDraft,
  invoices: StructuredPart[],
  file: ReadableAttachment | undefined,
  model: DocumentModel | undefined,
): DocumentDraft {
  const { pages = [], tables = [], structured = [] } = draft
  if (!file || !model) return { ...draft, structured: [...structured, ...invoices] }
  const before = pages.length
  const own = model.structured.filter(({ form }) => form !== 'ubl' && form !== 'cii')
  const attached = model.structured.filter((part) => !own.includes(part) && part.from !== 'document')
  const named = [...own, ...attached].map((part) => ({ ...part, from: inside(file.name, part.from) }))
  return {
    ...draft,
    pages: [...pages, ...model.pages.map((page) => ({ ...page, number: page.number + before }))],
    tables: [...tables, ...model.tables.map((table) => ({ ...table, page: table.page + before }))],
    structured: [...structured, ...invoices, ...named],
    attachment: business(file, model, before),
    warnings: [...(draft.warnings ?? []), ...model.warnings.map((warning) => `${file.name}: ${warning}`)],
  }
}

/** Of a mail in a mail it is the file in there. */
function business(
  { name }: ReadableAttachment,
  { mediaType, attachment }: DocumentModel,
  before: number,
): NonNullable<DocumentModel['attachment']> {
  if (!attachment) return { name, mediaType, firstPage: before + 1 }
  return { ...attachment, name: `${name}: ${attachment.name}`, firstPage: before + attachment.firstPage }
}

const inside = (file: string, from: string): string => (from === 'document' ? file : `${file}: ${from}`)
