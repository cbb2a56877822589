import type { AcceptedMediaType } from '../accepted-media-types.ts'

/** A file in a mail whose type is known and read. */
export type ReadableAttachment = { name: string; mediaType: AcceptedMediaType; bytes: Uint8Array }

/** What senders put their business into, most likely first. */
const BY_TYPE: Record<AcceptedMediaType, number> = {
  'application/pdf': 9,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 8,
  'text/csv': 8,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 7,
  'image/tiff': 7,
  'message/rfc822': 6,
  'application/xml': 5,
  'application/json': 5,
  'image/jpeg': 4,
  'image/png': 4,
  'text/html': 3,
  'text/plain': 2,
}

/** Names that say what a file is for, in English, German, French, Dutch, Spanish and Italian. */
const BUSINESS =
  /invoice|rechnung|facture|fa[ck]tuu?r|fattura|credit|gutschrift|receipt|beleg|quittung|order|bestell|commande|pedido|ordine|offer|angebot|quot|devis|price|preis|data ?sheet|datenblatt|delivery|lieferschein|statement/i
const ACCESSORY =
  /terms|condition|agb|widerruf|privacy|datenschutz|logo|signature|banner|brochure|flyer|newsletter|^image\d*\.|smime/i

/** The files of a mail, the one that most likely is its business first; of equal ones the larger. */
export function rankAttachments(attachments: readonly ReadableAttachment[]): ReadableAttachment[] {
  return attachments.toSorted((a, b) => worth(b) - worth(a) || b.bytes.length - a.bytes.length)
}

/** XML is data, whatever its name: it is read for its form, and what people look at comes before it. */
function worth({ name, mediaType }: ReadableAttachment): number {
  const words = name.replaceAll('_', ' ')
  if (ACCESSORY.test(words)) return BY_TYPE[mediaType] - 10
  return BY_TYPE[mediaType] + (BUSINESS.test(words) && mediaType !== 'application/xml' ? 10 : 0)
}
