/** One character or class, and how often it may come. */
const PIECE = /(?:\\[dDwWsStnr]|\\[^\w]|\[(?:\\.|[^\]\\])+\]|[^\\^$|?*+()[\]{}])(\?|\*|\+|\{(\d{1,3})(,?)(\d{0,3})\})?/y

const MOST_CHARACTERS = 50
/** Ways to divide a text among the repetitions that end: with one beside them that does not, and without. */
const MOST_WAYS = { besideOpen: 4, alone: 64 }

/**
 * Whether a regular expression is of a form whose matching takes time in proportion to the text, whatever the text: it
 * begins with `^`, has neither groups nor alternatives, at most one repetition without an end, and few ways to divide a
 * text among the others. Enough for codes and numbers, such as `^[A-Z]{2}\d{2,4}-?\d*$`.
 */
export function isQuickPattern(pattern: string): boolean {
  if (!pattern.startsWith('^')) return false
  let [at, characters, ways, open] = [1, 0, 1, 0]
  for (PIECE.lastIndex = at; at < pattern.length && pattern.slice(at) !== '$'; PIECE.lastIndex = at) {
    const piece = PIECE.exec(pattern)
    if (!piece) return false
    at += piece[0].length
    const { least, most } = repetition(piece)
    characters += least
    if (most === Infinity) open += 1
    else ways *= Math.max(1, most - least + 1)
  }
  return open <= 1 && characters <= MOST_CHARACTERS && ways <= (open ? MOST_WAYS.besideOpen : MOST_WAYS.alone)
}

function repetition([, mark, from, comma, to]: RegExpExecArray): { least: number; most: number } {
  if (mark === undefined) return { least: 1, most: 1 }
  if (mark === '?') return { least: 0, most: 1 }
  if (mark === '*' || mark === '+') return { least: mark === '+' ? 1 : 0, most: Infinity }
  const least = Number(from)
  if (comma === '') return { least, most: least }
  return { least, most: to === '' ? Infinity : Number(to) }
}
