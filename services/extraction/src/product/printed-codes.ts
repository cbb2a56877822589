import { CODE_LABELS } from './code-labels.ts'
import { pathAt, type PageView, type ViewLine } from './page-view.ts'

/** A code as it stands on the page, with what tells whether it is the stock number of what the page sells. */
export type PrintedCode = { value: string; page: number; text: string; traits: string[] }

/** Codes behind a label, on its line or the next, and codes in elements that are called so. */
export const printedCodes = (view: PageView): PrintedCode[] =>
  view.lines.flatMap((line, at) => [...labelled(view, line, at), ...named(view, line, at)])

const LABELS = CODE_LABELS.map(([kind, words]): [string, RegExp] => [
  kind,
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])\.?\s*(?:\([^)]{1,12}\)\s*)?[:：#.°º]*\s*`, 'iu'),
])
const TOKEN = /[\p{L}\p{N}](?:[\p{L}\p{N}._/+-]{1,38}[\p{L}\p{N}]|[\p{L}\p{N}]{2})/u

function labelled(view: PageView, line: ViewLine, at: number): PrintedCode[] {
  if (line.text.length > 110) return []
  return LABELS.flatMap(([kind, label]) => {
    const match = label.exec(line.text)
    if (!match) return []
    const rest = line.text.slice(match.index + match[0].length).trim()
    const isNext = rest === ''
    if (!isNext && match[0].trim().length < 3 && !/[:：#]/.test(match[0])) return []
    const text = isNext ? (view.lines[at + 1]?.text ?? '') : rest
    return codesOf(text).map((value) => ({
      value,
      page: line.page,
      text: line.text,
      traits: [
        `label:${kind}`,
        `${kind}:${isNext ? 'next' : match.index < 4 ? 'begins' : 'within'}:${/[:：#]/.test(match[0])}`,
        ...placeOf(view, at),
      ],
    }))
  })
}

/** The first token, and all that stands behind the label where that is short and of several words. */
function codesOf(rest: string): string[] {
  const [token] = TOKEN.exec(rest) ?? []
  const whole = rest.replace(/[〉》）)\]]+$/, '').trim()
  const several = /\s/.test(whole) && whole.length <= 24 ? [whole] : []
  return [...(token ? [token] : []), ...several].filter((value) => /\d/.test(value))
}

const CALLED =
  /sku|asin|art(?:icle|ikel)-?(?:no|nr|num|id|code)|cat-?(?:alog(?:ue)?)?-?(?:no|num|code)|prod(?:uct)?-?_?(?:code|id|no|num|sku|ref)|prd-?_?code|item-?_?(?:id|no|num|code)|stock-?(?:no|num|code)|part-?(?:no|num)|ref(?:erence)?(?:$|[-_.\s])|ad-?(?:no|id)|model(?:$|[-_.\s])|style-?(?:no|num|code)/i

function named(view: PageView, line: ViewLine, at: number): PrintedCode[] {
  return line.marks.flatMap(({ at: from, path }, index) => {
    const inner = path.split(' ').slice(0, 2).join(' ')
    if (!CALLED.test(inner)) return []
    const text = line.text
      .slice(from, line.marks[index + 1]?.at)
      .replace(/^[^:：]{1,25}[:：]\s*/, '')
      .trim()
    const [token] = TOKEN.exec(text) ?? []
    if (!token || !/\d/.test(token) || text.length > 40) return []
    return [{ value: token, page: line.page, text: line.text, traits: ['called', ...placeOf(view, at)] }]
  })
}

function placeOf(view: PageView, at: number): string[] {
  const path = pathAt(view.lines[at]!, 0)
  const isAside = /review|comment|question|footer|relat|recommend|similar|carousel|recent|basket|cart/i.test(path)
  const place =
    view.others >= 0 && at > view.others
      ? 'others'
      : view.heading < 0
        ? 'unknown'
        : at < view.heading - 10
          ? 'before'
          : at - view.heading < 60
            ? 'close'
            : 'below'
  return [`place:${place}`, ...(isAside ? ['aside'] : [])]
}
