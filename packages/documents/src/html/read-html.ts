import { load } from 'cheerio'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { decodeText } from '../text/decode-text.ts'
import { declaredHtmlCharset } from './declared-html-charset.ts'
import { readGoodsAttributes } from './goods-attributes.ts'
import { htmlTables } from './html-tables.ts'
import { readJsonLd } from './json-ld.ts'
import { readMetaTags } from './meta-tags.ts'
import { readMicrodata } from './microdata.ts'
import { removeInvisible } from './remove-invisible.ts'
import { readScriptData } from './script-data.ts'
import { visibleLines } from './visible-lines.ts'

/**
 * HTML: what a visitor would read as lines, its data tables, and what it carries for machines (JSON-LD, microdata,
 * OpenGraph, meta tags). Nothing is fetched and no script runs.
 */
export function readHtml({ bytes, charset: senderCharset }: DocumentSource): DocumentDraft {
  const { text, charset } = decodeText(bytes, senderCharset ?? declaredHtmlCharset(bytes))
  const $ = load(text)
  const meta = readMetaTags($)
  const structured = [...readJsonLd($), ...readMicrodata($), ...meta, ...readScriptData($), ...readGoodsAttributes($)]
  const language = $('html').attr('lang')
  const title = $('title').first().text().trim()
  removeInvisible($)
  return {
    pages: [{ number: 1, width: 0, height: 0, origin: 'markup', lines: visibleLines($) }],
    tables: htmlTables($),
    structured,
    metadata: { charset, ...(title ? { title } : {}), ...(language ? { language } : {}) },
  }
}
