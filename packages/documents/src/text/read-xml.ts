import { DataError } from '@stageline/domain'
import type { StructuredPart } from '@stageline/domain'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { decodeText } from './decode-text.ts'
import { decodeXmlEntities } from './decode-xml-entities.ts'
import { flattenTree, type Leaf } from './flatten-tree.ts'
import { markupPage } from './markup-page.ts'

/** XML: the tree as a structured part of the form that its root names, and each leaf element as a line `Name: text`. */
export function readXml(source: DocumentSource): DocumentDraft {
  const { structured, charset } = parseXml(source.bytes, 'document', source.charset)
  const leaves = flattenTree(structured.data, DOCUMENT_LIMITS).filter(isElementText)
  return { pages: [markupPage(leaves.map(toLine))], structured: [structured], metadata: { charset } }
}

/**
 * Parses XML into `{ Root: { Child: … } }`: prefixes removed, attributes as `@_name`, text beside attributes as
 * `#text`, every value a string (`00123` and `1.10` stay as written), an element that occurs twice an array. Document
 * type definitions are not followed, so their entities stay unexpanded; embedded files are left out.
 *
 * @throws DataError `document.unreadable` where it is not well-formed or refers to outside, `document.too_complex` where
 *   it is nested too deep
 */
export function parseXml(
  bytes: Uint8Array,
  from: string,
  senderCharset?: string,
): { structured: StructuredPart; charset: string } {
  const { text, charset } = decodeText(bytes, senderCharset ?? declaredCharset(bytes))
  const fault = XMLValidator.validate(text)
  if (fault !== true) throw new DataError('document.unreadable', `not well-formed XML: ${fault.err.msg}`)
  const data = parseTree(text)
  return { structured: { form: formOf(data), from, data }, charset }
}

/** The parser throws plain errors: for entities that point outside, and for tags nested beyond the limit. */
function parseTree(text: string): unknown {
  try {
    return parser().parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const code = /nested/i.test(reason) ? 'document.too_complex' : 'document.unreadable'
    throw new DataError(code, `the XML cannot be read: ${reason}`)
  }
}

function parser(): XMLParser {
  return new XMLParser({
    ignoreAttributes: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    maxNestedTags: DOCUMENT_LIMITS.depth,
    tagValueProcessor: (name, value) => (name.endsWith('BinaryObject') ? '' : decodeXmlEntities(value)),
    attributeValueProcessor: (_name, value) => decodeXmlEntities(value),
  })
}

/** UBL 2.1 (OASIS) and UN/CEFACT Cross Industry Invoice, version 1 under its older name, by their root elements. */
function formOf(data: unknown): StructuredPart['form'] {
  const [root] = typeof data === 'object' && data !== null ? Object.keys(data) : []
  if (root === 'Invoice' || root === 'CreditNote') return 'ubl'
  return root === 'CrossIndustryInvoice' || root === 'CrossIndustryDocument' ? 'cii' : 'xml'
}

function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  return /^<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1]
}

const isElementText = ({ path, value }: Leaf): boolean => !path.includes('@_') && value.trim() !== ''

function toLine({ path, value }: Leaf): string {
  const [name = ''] = path
    .replace(/\.#text$/, '')
    .split('.')
    .slice(-1)
  return `${name.replace(/\[\d+\]$/, '')}: ${value.replaceAll(/\s+/g, ' ')}`
}
