import { DataError } from '@stageline/domain'
import type { StructuredPart } from '@stageline/domain'
import { parseXml } from '../text/read-xml.ts'
import type { Pdf } from './open-pdf.ts'

export type AttachedXml = { structured: StructuredPart[]; warnings: string[] }

/** The XML files attached to a PDF: the invoice itself in Factur-X, ZUGFeRD and XRechnung (PDF/A-3, ISO 19005-3). */
export async function attachedXml(pdf: Pdf): Promise<AttachedXml> {
  const found: AttachedXml = { structured: [], warnings: [] }
  for (const [id, { filename, content }] of (await pdf.getAttachments()) ?? []) {
    if (!/\.xml$/i.test(filename)) continue
    addPart(found, filename, content ?? (await pdf.getAttachmentContent(id)))
  }
  return found
}

/** A damaged attachment does not make the printed page unreadable. */
function addPart(found: AttachedXml, name: string, content: Uint8Array | null): void {
  try {
    found.structured.push(parseXml(content ?? new Uint8Array(), name).structured)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    found.warnings.push(`attachment ${name}: ${error.message}`)
  }
}
