import { findAmounts } from '../values/parse-amount.ts'
import { europeanDigits } from './european-digits.ts'
import { pathAt, type PageView, type ViewLine } from './page-view.ts'
import { compareNeighbours } from './price-neighbours.ts'
import { CURRENCY, LINE_WORDS, PATH_WORDS } from './shop-words.ts'

/** An amount of money as it stands on the page, with what tells whether it is the price of what the page sells. */
export type PrintedPrice = { value: string; printed: string; page: number; text: string; traits: Set<string> }

/** Amounts with a currency beside them, or in an element that is called a price. */
export function printedPrices(view: PageView): PrintedPrice[] {
  const found = view.lines.flatMap((line, at) => pricesOfLine(view, line, at))
  const alike = countBy(found.map(({ shape }) => shape))
  let order = 0
  for (const { shape, isAfter, traits } of found) {
    traits.add(`alike:${bucket(alike.get(shape) ?? 0)}`)
    if (isAfter) traits.add(`order:${Math.min(order++, 3)}`)
  }
  compareNeighbours(found)
  return found.map(({ value, printed, page, text, traits }) => ({ value, printed, page, text, traits }))
}

type Found = PrintedPrice & { at: number; shape: string; isAfter: boolean }

function pricesOfLine(view: PageView, line: ViewLine, at: number): Found[] {
  if (line.text.length > LONGEST_LINE) return []
  const amounts = findAmounts(europeanDigits(line.text), { wholeNumbers: true }).filter(
    ({ index, printed }) => !RATE_OF_DISCOUNT.test(line.text.slice(index + printed.length)),
  )
  return amounts.flatMap(({ value, printed, index, decimals }, nth): Found[] => {
    const path = pathAt(line, index)
    const currency = currencyNear(view, at, index, printed.length)
    if (
      currency === 'none' &&
      !/pri(?:ce|x)|preis|prezz|preci|preco|\bcena/i.test(path.split(' ').slice(0, 3).join(' '))
    )
      return []
    const inner = path.split(' ').slice(0, 3).join(' ')
    const before = line.text.slice(Math.max(0, index - LABEL_REACH, (amounts[nth - 1]?.index ?? -1) + 1), index)
    const behind = line.text.slice(index + printed.length, amounts[nth + 1]?.index).slice(0, LABEL_REACH)
    const traits = new Set([
      `currency:${currency}`,
      `decimals:${Math.min(decimals, 3)}`,
      `place:${placeOf(view, at)}`,
      `short:${line.text.length < 30}`,
      ...(/[-−–]\s?\D{0,3}$/.test(line.text.slice(0, index)) && nth === 0 ? ['minus'] : []),
      ...(/\+\s?\D{0,3}$/.test(line.text.slice(0, index)) ? ['plus'] : []),
      ...(nth > 0 && /[-–—~]|\bto\b|\bbis\b|\ba\b/.test(line.text.slice(index - 4, index)) ? ['range:end'] : []),
      ...PATH_WORDS.flatMap(([word, pattern]) =>
        pattern.test(inner) ? [`in:${word}`] : pattern.test(path) ? [`around:${word}`] : [],
      ),
      ...LINE_WORDS.flatMap(([word, pattern]) => [
        ...(pattern.test(before) || (STANDS_BEHIND.has(word) && pattern.test(behind)) ? [`line:${word}`] : []),
        ...(nth === 0 && pattern.test(shortText(view, at - 1)) ? [`above:${word}`] : []),
      ]),
    ])
    const shape = path.replaceAll(/#[^\s.]*|\d+/g, '')
    return [
      {
        value: value.replace('-', ''),
        printed: line.text.slice(index, index + printed.length),
        page: line.page,
        text: line.text,
        traits,
        at,
        shape,
        isAfter: at > view.heading,
      },
    ]
  })
}

const LONGEST_LINE = 160
/** `7 折`: seven tenths of the price are to be paid. */
const RATE_OF_DISCOUNT = /^\s?折/
const LABEL_REACH = 40
/** Words that may follow their amount: `3 € per kg`, `20 € / month`. */
const STANDS_BEHIND = new Set(['ship', 'rate', 'save', 'untaxed', 'taxed', 'unit'])

/** `beside` the amount, elsewhere in its `line`, in a line `near`, or `none`. */
function currencyNear({ lines }: PageView, at: number, index: number, length: number): string {
  const { text } = lines[at]!
  if (CURRENCY.test(text.slice(Math.max(0, index - 5), index + length + 5))) return 'beside'
  if (CURRENCY.test(text)) return 'line'
  const near = [lines[at - 1], lines[at + 1]].some((line) => line && line.text.length < 12 && CURRENCY.test(line.text))
  return near ? 'near' : 'none'
}

const shortText = ({ lines }: PageView, at: number): string => {
  const text = lines[at]?.text ?? ''
  return text.length < 40 ? text : ''
}

function placeOf({ heading, cart, others }: PageView, at: number): string {
  if (others >= 0 && at > others) return 'others'
  if (heading < 0) return cart >= 0 && Math.abs(at - cart) < 15 ? 'cart' : 'unknown'
  if (at < heading) return heading - at < 30 ? 'above' : 'before'
  if (cart >= 0 && at <= cart + 5 && cart - heading < 150) return 'buying'
  return at - heading < 40 ? 'close' : at - heading < 150 ? 'below' : 'far'
}

const bucket = (count: number): string => (count <= 1 ? '1' : count <= 3 ? '3' : 'many')

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
