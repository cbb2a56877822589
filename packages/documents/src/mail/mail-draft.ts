import type { Address, Email } from 'postal-mime'
import type { DocumentDraft } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { readHtml } from '../html/read-html.ts'
import { markupPage } from '../text/markup-page.ts'

/** The mail without its files: the header lines that people look at, then the body, of two forms the one with tables. */
export function mailDraft(email: Email): DocumentDraft {
  const { pages: [page] = [], ...body } = email.html
    ? readBody(email.html)
    : { pages: [markupPage(linesOf(email.text))] }
  const header = headerOf(email)
  const head = Object.entries(HEADER_NAMES).flatMap(([key, name]) => (header[key] ? [`${name}: ${header[key]}`] : []))
  const names = email.attachments.map(({ filename, mimeType }) => filename ?? mimeType).join(', ')
  return {
    ...body,
    pages: [{ ...markupPage(head), lines: [...markupPage(head).lines, ...(page?.lines ?? [])] }],
    metadata: { ...header, ...(names ? { attachments: names.slice(0, 2000) } : {}) },
  }
}

const HEADER_NAMES: Record<string, string> = { subject: 'Subject', from: 'From', to: 'To', date: 'Date' }

const readBody = (html: string): DocumentDraft =>
  readHtml({ bytes: Buffer.from(html.slice(0, DOCUMENT_LIMITS.textBytes)), charset: 'utf-8' })

const linesOf = (text = ''): string[] => text.slice(0, DOCUMENT_LIMITS.textBytes).split(/\r\n|[\n\r\f]/)

function headerOf({ subject, from, to, date, messageId }: Email): Record<string, string> {
  const told = { subject, from: from && people([from]), to: to && people(to), date, messageId }
  return Object.fromEntries(
    Object.entries(told).flatMap(([key, value]) => (value ? [[key, value.replaceAll(/\s+/g, ' ').slice(0, 500)]] : [])),
  )
}

const people = (addresses: Address[]): string =>
  addresses.map(({ name, address }) => (name && address ? `${name} <${address}>` : (address ?? name))).join(', ')
