import type { StructuredPart } from '@stageline/domain'
import type { CheerioAPI } from 'cheerio'

/** Each `application/ld+json` script as a part (https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents). */
export function readJsonLd($: CheerioAPI): StructuredPart[] {
  return $('script')
    .toArray()
    .map((element) => $(element))
    .filter((script) => /^\s*application\/ld\+json\b/i.test(script.attr('type') ?? ''))
    .map((script) => parseTolerantly(script.text()))
    .filter((data) => data !== undefined)
    .map((data) => ({ form: 'json-ld', from: 'document', data }))
}

/** Shops write JSON by template: what strict parsing refuses is tried again with the usual faults taken out. */
function parseTolerantly(text: string): unknown {
  for (const candidate of [text, withoutFaults(text)]) {
    try {
      return JSON.parse(candidate)
    } catch {
      // The next candidate, if any, may parse.
    }
  }
  return undefined
}

/** Byte order mark, comment and CDATA wrappers, closing semicolon, raw control characters, commas before a bracket. */
function withoutFaults(text: string): string {
  return (
    text
      .replace(/^\uFEFF/, '')
      .replaceAll(/<!--|-->|(?:\/\/|\/\*)?\s*<!\[CDATA\[(?:\s*\*\/)?|(?:\/\/|\/\*)?\s*\]\]>(?:\s*\*\/)?/g, ' ')
      // oxlint-disable-next-line no-control-regex -- raw control characters are the fault that is mended here
      .replaceAll(/[\u0000-\u001F]+/g, ' ')
      .replaceAll(/,(\s*[}\]])/g, '$1')
      .replace(/;\s*$/, '')
  )
}
