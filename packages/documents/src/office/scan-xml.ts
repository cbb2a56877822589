import { DataError } from '@stageline/domain'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { decodeXmlEntities } from '../text/decode-xml-entities.ts'

/** What a scanner meets, in the order of the text. Names come without their prefixes. */
export type XmlVisitor = {
  open(name: string, attribute: (name: string) => string | undefined): void
  text(text: string): void
  close(name: string): void
}

/** A tag of more characters was made to fill the memory. */
const LONGEST_TAG = 1_000_000

/** Scans a whole part of an Office package; see {@link XmlScanner}. */
export async function scanXml(chunks: AsyncIterable<Uint8Array>, visitor: XmlVisitor): Promise<void> {
  const scanner = new XmlScanner(visitor)
  for await (const chunk of chunks) scanner.write(chunk)
  scanner.end()
}

/**
 * Scans the XML of an Office package (UTF-8, ISO 29500-2 8.1.4) while it is unpacked, in memory that does not grow with
 * it. Such XML has no document type definition; one that has is refused, and with it every trick with entities.
 *
 * `write` and `end` throw a DataError: `document.unreadable` where tags do not match or the text ends early,
 * `document.too_complex` where it is nested too deep.
 */
export class XmlScanner {
  readonly #visitor: XmlVisitor
  readonly #decoder = new TextDecoder('utf-8')
  readonly #open: string[] = []
  #hasRoot = false
  #rest = ''

  constructor(visitor: XmlVisitor) {
    this.#visitor = visitor
  }

  write(chunk: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true })
    let at = 0
    while (at < text.length) {
      const next = text[at] === '<' ? this.#markup(text, at) : this.#text(text, at)
      if (next === undefined) break
      at = next
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > LONGEST_TAG) throw broken('a tag does not end')
  }

  end(): void {
    if (!this.#hasRoot || this.#open.length > 0 || this.#rest.trim() !== '') throw broken('it ends early')
  }

  /** Text up to the next tag. An entity that the chunk cuts waits for its other half. */
  #text(text: string, at: number): number | undefined {
    const tag = text.indexOf('<', at)
    const end = tag === -1 ? beforeCutEntity(text, at) : tag
    if (end === at) return undefined
    this.#say(text.slice(at, end))
    return end
  }

  #say(text: string): void {
    if (this.#open.length > 0) this.#visitor.text(text.includes('&') ? decodeXmlEntities(text) : text)
    else if (text.trim() !== '') throw broken('text stands outside its elements')
  }

  #markup(text: string, at: number): number | undefined {
    if (text.startsWith('<?', at)) return after(text, '?>', at)
    if (text.startsWith('<!', at)) return this.#declaration(text, at)
    const end = tagEnd(text, at + 1)
    if (end === undefined) return undefined
    if (text[at + 1] === '/') this.#close(text.slice(at + 2, end).trim())
    else this.#start(text.slice(at + 1, end))
    return end + 1
  }

  #declaration(text: string, at: number): number | undefined {
    if (text.length < at + 9) return undefined
    if (text.startsWith('<!--', at)) return after(text, '-->', at + 4)
    if (!text.startsWith('<![CDATA[', at)) throw broken('it has a document type definition')
    const end = after(text, ']]>', at)
    if (end !== undefined && this.#open.length > 0) this.#visitor.text(text.slice(at + 9, end - 3))
    return end
  }

  #start(tag: string): void {
    const isEmpty = tag.endsWith('/')
    const [, name = ''] = /^(?:[^\s:/]*:)?([^\s/]+)/.exec(tag) ?? []
    if (this.#open.length >= DOCUMENT_LIMITS.depth)
      throw new DataError('document.too_complex', `nested deeper than ${DOCUMENT_LIMITS.depth} levels`)
    this.#hasRoot = true
    this.#visitor.open(name, (wanted) => attributeOf(tag, wanted))
    if (isEmpty) this.#visitor.close(name)
    else this.#open.push(name)
  }

  #close(qualified: string): void {
    const name = qualified.slice(qualified.indexOf(':') + 1)
    if (this.#open.pop() !== name) throw broken(`</${name.slice(0, 50)}> closes nothing`)
    this.#visitor.close(name)
  }
}

/** The `>` that ends a tag, which values in quotes may hold as well. */
function tagEnd(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '>') return at
    if (sign === '"' || sign === "'") {
      at = text.indexOf(sign, at + 1)
      if (at === -1) return undefined
    }
  }
  return undefined
}

/** By its name without prefix; `undefined` where the tag has none of the name. */
function attributeOf(tag: string, wanted: string): string | undefined {
  for (const [, name = '', inDouble, inSingle] of tag.matchAll(/([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (name.slice(name.indexOf(':') + 1) === wanted) return decodeXmlEntities(inDouble ?? inSingle ?? '')
  }
  return undefined
}

const LONGEST_ENTITY = 12

function beforeCutEntity(text: string, at: number): number {
  const sign = text.lastIndexOf('&')
  const isCut = sign >= at && text.length - sign < LONGEST_ENTITY && !text.includes(';', sign)
  return isCut ? sign : text.length
}

function after(text: string, mark: string, from: number): number | undefined {
  const at = text.indexOf(mark, from)
  return at === -1 ? undefined : at + mark.length
}

const broken = (reason: string): DataError =>
  new DataError('document.unreadable', `the XML inside is broken: ${reason}`)
