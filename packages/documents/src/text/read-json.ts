import { DataError } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { decodeText } from './decode-text.ts'
import { flattenTree } from './flatten-tree.ts'
import { markupPage } from './markup-page.ts'

/**
 * JSON: the whole tree as a structured part, and each leaf as a line `path: value` (`items[0].price: 9.90`), figures as
 * written. Whole numbers beyond 2^53 become strings in the tree, too: as numbers they would be others.
 */
export function readJson({ bytes, charset }: DocumentSource): DocumentDraft {
  const decoded = decodeText(bytes, charset)
  const data = parseJson(decoded.text, (value, source) => (Number.isSafeInteger(value) || value % 1 ? value : source))
  const written = parseJson(decoded.text, (_value, source) => source)
  const lines = flattenTree(written, DOCUMENT_LIMITS).map(({ path, value }) => (path ? `${path}: ${value}` : value))
  return {
    pages: [markupPage(lines)],
    structured: [{ form: 'json', from: 'document', data }],
    metadata: { charset: decoded.charset },
  }
}

type NumberReviver = (value: number, source: string) => unknown

function parseJson(text: string, revive: NumberReviver): unknown {
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && context?.source ? revive(value, context.source) : value,
    )
  } catch (error) {
    if (error instanceof SyntaxError) throw new DataError('document.unreadable', `not valid JSON: ${error.message}`)
    throw error
  }
}
