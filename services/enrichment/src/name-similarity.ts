/**
 * How alike two names are, 0 to 1: shared trigrams over all trigrams of their words, as PostgreSQL's pg_trgm counts
 * them (each word with two blanks before and one after), without accents, letter case and legal forms.
 *
 * 0 where they cannot mean the same thing: the numbers in them differ, or both name a legal form and not the same one
 * ("Example Trading GmbH" and "Example Trading AG" are two companies).
 */
export function nameSimilarity(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)]
  if (a.numbers !== b.numbers) return 0
  if (a.legalForm && b.legalForm && a.legalForm !== b.legalForm) return 0
  return sharedTrigrams(a.words, b.words)
}

/** Letters and digits only, lower case, without accents; words parted by one blank. */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/(?<=\p{L})\.(?=\p{L})/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

const LEGAL_FORMS = new Map(
  Object.entries({
    gmbh: 'gmbh mbh',
    ag: 'ag',
    kg: 'kg',
    ug: 'ug',
    ek: 'ek',
    ltd: 'ltd limited',
    plc: 'plc',
    llc: 'llc',
    llp: 'llp',
    inc: 'inc incorporated',
    corp: 'corp corporation',
    sarl: 'sarl',
    sas: 'sas',
    sa: 'sa',
    srl: 'srl',
    spa: 'spa',
    bv: 'bv',
    nv: 'nv',
    oy: 'oy',
    ab: 'ab',
    as: 'as',
    aps: 'aps',
  }).flatMap(([form, spellings]) => spellings.split(' ').map((spelling) => [spelling, form])),
)

function partsOf(name: string) {
  const all = folded(name).split(' ')
  // A form stands behind the name: an "AS" in front of it belongs to the name.
  const isForm = (word: string, index: number) => index > 0 && LEGAL_FORMS.has(word)
  const words = all.filter((word, index) => !isForm(word, index))
  const forms = all.filter(isForm).map((word) => LEGAL_FORMS.get(word))
  return { words, legalForm: forms.join('+'), numbers: (words.join(' ').match(/\d+/g) ?? []).toSorted().join(' ') }
}

function sharedTrigrams(a: string[], b: string[]): number {
  const [one, other] = [trigramsOf(a), trigramsOf(b)]
  const all = one.union(other).size
  return all === 0 ? 0 : one.intersection(other).size / all
}

const trigramsOf = (words: string[]) =>
  new Set(
    words.flatMap((word) => {
      const padded = `  ${word} `
      return Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3))
    }),
  )
