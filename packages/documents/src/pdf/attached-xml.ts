import type { StructuredPart } from '@stageline/domain'
import { DataError } from '@stageline/domain'
import { parseXml } from '../text/read-xml.ts'
import type { Pdf } from './open-pdf.ts'

export type AttachedXml = { structured: StructuredPart[]; warnings: string[] }

/** The XML files attached to a PDF: the invoice itself in Factur-X, ZUGFeRD and XRechnung (PDF/A-3, ISO 19005-3). */
export async function attachedXml(pdf: Pdf): Promise<AttachedXml> {
  const found: AttachedXml = { structured: [], warnings: [] }
  for (const { name, content } of await listAttachments(pdf)) {
    if (/\.xml$/i.test(name)) addPart(found, name, content)
  }
  return found
}

type Attachment = { name: string; content: Uint8Array }

/** PDF.js types the answer as `any`; the file name may be absent, the content empty. */
async function listAttachments(pdf: Pdf): Promise<Attachment[]> {
  const attachments: unknown = await pdf.getAttachments()
  if (typeof attachments !== 'object' || attachments === null) return []
  return Object.entries(attachments).flatMap(([key, value]: [string, unknown]) => toAttachment(key, value))
}

function toAttachment(key: string, value: unknown): Attachment[] {
  if (typeof value !== 'object' || value === null || !('content' in value)) return []
  if (!(value.content instanceof Uint8Array)) return []
  const name = 'filename' in value && typeof value.filename === 'string' ? value.filename : key
  return [{ name, content: value.content }]
}

/** A damaged attachment does not make the printed page unreadable. */
function addPart(found: AttachedXml, name: string, content: Uint8Array): void {
  try {
    found.structured.push(parseXml(content, name).structured)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    found.warnings.push(`attachment ${name}: ${error.message}`)
  }
}
