/**
 * A page's text without its notice about cookies, which says nothing of the page and can be all that is near its top:
 * lines that speak of cookies or consent, and the short stretches between them (names, purposes, expiries of a list).
 */
export function withoutConsent(text: string): string {
  const lines = text.split('\n')
  const found = lines.flatMap((line, index) => (MENTION.test(line) || NOTICE.test(line) ? [index] : []))
  if (found.length < FEWEST || !lines.some((line) => NOTICE.test(line))) return text
  const dropped = new Set(found.flatMap((line, at) => upTo(line, found[at + 1] ?? line)))
  return lines.filter((_, index) => !dropped.has(index)).join('\n')
}

/** A mention or two may be what an article is about. */
const FEWEST = 3
const NEAR = 8

/** The line, and those after it where the next one that was found is near. */
const upTo = (line: number, next: number): number[] =>
  next - line > NEAR ? [line] : Array.from({ length: Math.max(1, next - line) }, (_, offset) => line + offset)

/** Also what such lists give as the kind of storage, and the names in them that all know. */
const MENTION =
  /cookie|クッキー|쿠키|use of your data|our partners|data on (?:the user|visitors?)|visits to the website|^\s*_g[a-z]{1,4}\s*$|^\s*https?( cookie)?\s*$|^\s*html( local storage)?\s*$/i

/** What sells biscuits speaks of cookies, too, but does not ask whether it may use them. */
const ASKS =
  'polic|setting|preference|declaration|consent|accept|allow|necessary|einstellung|richtlinie|akzept|zustimm|verwende|politique|accepter|utilis|utiliz|acept|usamos|polític|aceit|accett|informativa|toestemming|gebruik|akceptuj|polityk|souhlas|súhlas|použív|gizlilik'
const NOTICE = new RegExp(
  `cookie.{0,80}(?:${ASKS})|(?:${ASKS}).{0,80}cookie|\\bgdpr\\b|\\bdsgvo\\b|\\brgpd\\b|personali[sz]ed ads|your personal data|cookieconsent|küpsis|slapuk|sīkdat|eväste|piškotk|kolačić|ciasteczk|\\bsüti`,
  'i',
)
