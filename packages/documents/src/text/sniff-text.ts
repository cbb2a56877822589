import { decodeText } from './decode-text.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'

const HTML_START = /^(?:<!doctype\s+html|<(?:html|head|body|meta|title|script|div|table|span|p|h1)\b)/i
const XML_START = /^<(?:\?xml\b|!doctype\s|[a-z_][\w.-]*(?::[\w.-]+)?[\s/>])/i
/** RFC 5322, 2.2: a field is a name, a colon and a text that goes on in lines which begin with a blank. */
const FIELD = /^[!-9;-~]+:(?:[ \t]|$)/
const MAIL_MARK = /^(?:received|return-path|message-id|mime-version|delivered-to|dkim-signature|from): ?/i
const MAIL_FIELD = /^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|reply-to): ?/i
const JSON_START = /^(?:\{\s*(?:"|\}|$)|\[\s*(?:["{[\]\d-]|true|false|null|$))/

/** The media type of text by its first bytes, or `undefined` where it is not text. */
export function sniffText(head: Uint8Array, fileName?: string): string | undefined {
  const { text, charset } = decodeText(withoutCutCharacter(head))
  if (!looksLikeText(text, charset)) return undefined
  const start = withoutLeadingComments(text)
  if (HTML_START.test(start)) return 'text/html'
  if (XML_START.test(start)) return /<html\b/i.test(start) ? 'text/html' : 'application/xml'
  if (JSON_START.test(start)) return 'application/json'
  if (startsMail(start)) return 'message/rfc822'
  return looksLikeCsv(text, fileName) ? 'text/csv' : 'text/plain'
}

/** The head may end within a UTF-8 sequence of up to four bytes, which alone must not make it Latin 1. */
function withoutCutCharacter(head: Uint8Array): Uint8Array {
  const last = head.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0)
  const isCut = last >= head.length - 4 && (head[last] ?? 0) >= 0xc0
  return isCut ? head.subarray(0, last) : head
}

/** Control characters other than blanks, form feed and escape do not occur in text; Latin 1 takes any byte, so count. */
function looksLikeText(text: string, charset: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is counted
  const controls = text.match(/[\u0000-\u0008\u000E-\u001A\u001C-\u001F\u007F]/g)?.length ?? 0
  const others = charset === 'windows-1252' ? (text.match(/[^\t-\r -~À-ÿ€£§©®°±µ·»«–—’“”]/g)?.length ?? 0) : 0
  return text.trim() !== '' && controls === 0 && others <= text.length / 20
}

const withoutLeadingComments = (text: string): string => text.replace(/^(?:\s|<!--[\s\S]*?-->)+/, '')

/** Begins with fields and nothing else, one of which only mails have and two of which all have. Mailboxes add a line. */
function startsMail(text: string): boolean {
  const [header = ''] = text.replace(/^From \S+ .*\r?\n/, '').split(/\r?\n\r?\n/, 1)
  const lines = header.split(/\r?\n/)
  const isCut = header.length === text.length
  const fields = (isCut ? lines.slice(0, -1) : lines).filter((line) => !/^[ \t]/.test(line))
  return (
    fields.every((line) => FIELD.test(line)) &&
    fields.some((line) => MAIL_MARK.test(line)) &&
    fields.filter((line) => MAIL_FIELD.test(line)).length >= 2
  )
}

/**
 * Commas stand in prose as well: a table has at least three rows, or two and a name that says so. A delimiter that
 * agrees over the rows and makes three cells, or two by something other than a comma, is taken for one.
 */
function looksLikeCsv(text: string, fileName: string | undefined): boolean {
  const wholeLines = text.length < 4000 ? text : text.slice(0, text.lastIndexOf('\n'))
  const delimiter = sniffDelimiter(wholeLines)
  if (delimiter === undefined) return false
  if (/\.(?:csv|tsv)$/i.test(fileName ?? '')) return true
  const rows = wholeLines.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== '')
  const cells = rows[0]?.split(delimiter).length ?? 0
  return rows.length >= 2 && (cells >= 3 || (delimiter !== ',' && cells >= 2))
}
