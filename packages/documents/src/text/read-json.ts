import { DataError } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { decodeText } from './decode-text.ts'
import { flattenTree } from './flatten-tree.ts'
import { markupPage } from './markup-page.ts'

/** JSON: the whole tree as a structured part, and each leaf as a line `path: value` (`items[0].price: 9.90`). */
export function readJson({ bytes, charset }: DocumentSource): DocumentDraft {
  const decoded = decodeText(bytes, charset)
  const data = parseJson(decoded.text)
  const lines = flattenTree(data, DOCUMENT_LIMITS).map(({ path, value }) => (path === '' ? value : `${path}: ${value}`))
  return {
    pages: [markupPage(lines)],
    structured: [{ form: 'json', from: 'document', data }],
    metadata: { charset: decoded.charset },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataError('document.unreadable', `not valid JSON: ${error instanceof Error ? error.message : ''}`)
  }
}
