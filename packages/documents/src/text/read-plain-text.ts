import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { decodeText } from './decode-text.ts'
import { markupPage } from './markup-page.ts'

/** Plain text: its lines as they stand, blanks inside kept because columns are often made of them. */
export function readPlainText({ bytes, charset }: DocumentSource): DocumentDraft {
  const decoded = decodeText(bytes, charset)
  return { pages: [markupPage(decoded.text.split(/\r\n|[\n\r\f]/))], metadata: { charset: decoded.charset } }
}
