import { distance } from 'fastest-levenshtein'
import { jaroWinkler } from './jaro-winkler.ts'
import { isYear, total, type ProductText } from './product-text.ts'

/** Where one side does not say. */
const UNKNOWN = -1

export type Features = Record<string, number>

/** What two records have in common and where they differ, in figures that do not depend on what is sold or by whom. */
export function compareProducts(a: ProductText, b: ProductText): Features {
  return {
    ...compareWords(a, b),
    ...compareNumbers(a, b),
    ...compareCodes(a, b),
    ...compareColours(a, b),
    ...compareBrands(a, b),
    ...comparePrices(a, b),
    ...compareSpelling(a, b),
    ...compareDescriptions(a, b),
  }
}

function compareWords(a: ProductText, b: ProductText): Features {
  const shared = [...a.words].filter(([word]) => b.words.has(word)).map(([, weight]) => weight)
  const [onlyA, onlyB] = [without(a.words, b), without(b.words, a)]
  const [weightA, weightB] = [a.weight, b.weight]
  const common = total(shared)
  const soft = total(softlyShared(onlyA, onlyB))
  const [covA, covB] = [(common + soft) / (weightA || 1), (common + soft) / (weightB || 1)]
  const [first, second] = [[...a.words.keys()], [...b.words.keys()]]
  return {
    cosine: total(shared.map(square)) / (a.norm * b.norm || 1),
    jaccard: common / (weightA + weightB - common || 1),
    plainJaccard: shared.length / (a.words.size + b.words.size - shared.length || 1),
    coveredLeft: covA,
    coveredRight: covB,
    coveredLess: Math.min(covA, covB),
    coveredMore: Math.max(covA, covB),
    rarestShared: Math.max(0, ...shared),
    rarestLeft: Math.max(0, ...onlyA.values()),
    rarestRight: Math.max(0, ...onlyB.values()),
    missingLeft: total(onlyA.values()) - soft,
    missingRight: total(onlyB.values()) - soft,
    sharedWeight: common,
    wordsLeft: a.words.size,
    wordsRight: b.words.size,
    sameFirst: first[0] === second[0] ? 1 : 0,
    sameSecond: first[1] === second[1] ? 1 : 0,
    softShared: soft,
  }
}

/** Weights of words that the other side spells a little differently; seldom in their first letter. */
function softlyShared(one: Map<string, number>, other: Map<string, number>): number[] {
  const candidates = [...other.keys()].filter(isPlainWord)
  return [...one].flatMap(([word, weight]) => {
    if (!isPlainWord(word)) return []
    const alike = candidates.filter((candidate) => candidate[0] === word[0])
    const best = Math.max(0, ...alike.map((candidate) => jaroWinkler(word, candidate)))
    return best >= 0.88 ? [best * weight] : []
  })
}

const isPlainWord = (word: string) => word.length >= 4 && !/\d/.test(word)

function compareNumbers(a: ProductText, b: ProductText): Features {
  const [onlyA, onlyB] = [a.numbers.difference(b.numbers), b.numbers.difference(a.numbers)]
  const units = [...a.measures.keys()].filter((unit) => b.measures.has(unit))
  const agreeing = units.filter((unit) => !a.measures.get(unit)!.isDisjointFrom(b.measures.get(unit)!))
  const years = [a, b].map(({ numbers }) => new Set([...numbers].filter(isYear)))
  const small = [a, b].map(({ numbers }) => new Set([...numbers].filter((number) => !isYear(number))))
  return {
    numbersShared: a.numbers.intersection(b.numbers).size,
    numbersLeft: onlyA.size,
    numbersRight: onlyB.size,
    numbersConflict: Math.min(onlyA.size, onlyB.size),
    unitsAgree: agreeing.length,
    unitsConflict: units.length - agreeing.length,
    years: agreement(years[0]!, years[1]!),
    smallNumbers: agreement(small[0]!, small[1]!),
  }
}

/** -1 neither or one side has any, 0 none in common, else the shared share. */
const agreement = (one: Set<string>, other: Set<string>): number =>
  one.size === 0 || other.size === 0 ? UNKNOWN : one.intersection(other).size / Math.min(one.size, other.size)

function compareCodes(a: ProductText, b: ProductText): Features {
  const [foundA, foundB] = [foundCodes(a, b), foundCodes(b, a)]
  const [lostA, lostB] = [lost(a, foundA), lost(b, foundB)]
  const alike = lostA.flatMap((one) => lostB.map((other) => jaroWinkler(one, other)))
  const started = lostA.flatMap((one) =>
    lostB.map((other) => commonStart(one, other) / Math.min(one.length, other.length)),
  )
  return {
    codeShared: Math.max(0, ...[...foundA, ...foundB].map((code) => code.length)),
    codesLeft: lostA.length,
    codesRight: lostB.length,
    codeConflict: Math.min(lostA.length, lostB.length),
    codesEqual: a.codes.filter((code) => b.mpn === code || b.codes.includes(code)).length,
    codeEdits: Math.min(UNLIKE, ...editsBetween(a.codes, [...b.codes, b.mpn])),
    codeAlike: Math.max(UNKNOWN, ...alike),
    codeStart: Math.max(UNKNOWN, ...started),
    mpn: compareMpns(a.mpn, b.mpn),
    mpnInName: Math.max(inText(a.mpn, b.squeezedAll), inText(b.mpn, a.squeezedAll)),
    mpnLike: a.mpn && b.mpn ? jaroWinkler(a.mpn, b.mpn) : UNKNOWN,
  }
}

/** More letters to change than this is another code. */
const UNLIKE = 9

const editsBetween = (some: readonly string[], others: readonly string[]) =>
  some.filter(isModel).flatMap((one) => others.filter(isModel).map((other) => distance(one, other)))

const isModel = (code: string) => code.length >= 5 && /\p{L}/u.test(code)

const foundCodes = (one: ProductText, { squeezedAll, mpn }: ProductText) =>
  [...one.codes, one.mpn].filter(
    (code) => code.length >= 4 && (squeezedAll.includes(code) || (mpn.length >= 4 && code.includes(mpn))),
  )

/** Codes that are not part of a found one. */
const lost = ({ codes, mpn }: ProductText, found: string[]) =>
  [...new Set(mpn.length >= 4 ? [...codes, mpn] : codes)].filter((code) => !found.some((other) => other.includes(code)))

function compareColours({ colours: a }: ProductText, { colours: b }: ProductText): Features {
  const shared = a.intersection(b).size
  return {
    coloursShared: shared,
    coloursConflict: shared === 0 && a.size > 0 && b.size > 0 ? 1 : 0,
    coloursLeft: a.size - shared,
    coloursRight: b.size - shared,
  }
}

function commonStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

function compareMpns(one: string, other: string): number {
  if (!one || !other) return UNKNOWN
  if (one === other) return 3
  return one.includes(other) || other.includes(one) ? 2 : commonStart(one, other) >= 4 ? 1 : 0
}

/** Whether a value is written in the text of the other side; unknown where there is none. */
const inText = (value: string, text: string): number =>
  value.length < 3 ? UNKNOWN : text.includes(value) ? value.length : 0

function compareBrands(a: ProductText, b: ProductText): Features {
  const known = a.brand && b.brand
  const within = a.brand.includes(b.brand) || b.brand.includes(a.brand)
  return {
    brand: known ? (within ? 1 : jaroWinkler(a.brand, b.brand) * 0.9) : UNKNOWN,
    brandInName: Math.max(
      a.brand ? (b.squeezedAll.includes(a.brand) ? 1 : 0) : UNKNOWN,
      b.brand ? (a.squeezedAll.includes(b.brand) ? 1 : 0) : UNKNOWN,
    ),
  }
}

function comparePrices({ record: a }: ProductText, { record: b }: ProductText): Features {
  if (!a.price || !b.price)
    return { priceRatio: UNKNOWN, priceHigher: UNKNOWN, samePrice: UNKNOWN, price: a.price ?? b.price ?? UNKNOWN }
  return {
    samePrice: a.price === b.price ? 1 : 0,
    priceRatio: Math.min(a.price, b.price) / Math.max(a.price, b.price),
    priceHigher: a.price / (a.price + b.price),
    price: Math.max(a.price, b.price),
  }
}

function compareSpelling(a: ProductText, b: ProductText): Features {
  const shared = a.trigrams.intersection(b.trigrams).size
  const [sizeA, sizeB] = [a.trigrams.size, b.trigrams.size]
  return {
    trigrams: shared / (sizeA + sizeB - shared || 1),
    trigramsWithin: shared / (Math.min(sizeA, sizeB) || 1),
    within: a.squeezed.includes(b.squeezed) || b.squeezed.includes(a.squeezed) ? 1 : 0,
    start: commonStart(a.squeezed, b.squeezed) / (Math.min(a.squeezed.length, b.squeezed.length) || 1),
  }
}

const NOT_DESCRIBED = { describedLeft: UNKNOWN, describedRight: UNKNOWN, describedBoth: UNKNOWN }

function compareDescriptions(a: ProductText, b: ProductText): Features {
  if (!a.record.description && !b.record.description) return NOT_DESCRIBED
  const inBoth = Math.min(total(a.allWords.values()), total(b.allWords.values())) || 1
  return {
    describedLeft: sharedBy(a.words, b.allWords) / (a.weight || 1),
    describedRight: sharedBy(b.words, a.allWords) / (b.weight || 1),
    describedBoth: a.record.description && b.record.description ? sharedBy(a.allWords, b.allWords) / inBoth : UNKNOWN,
  }
}

function sharedBy(words: Map<string, number>, others: Map<string, number>): number {
  let sum = 0
  for (const [word, weight] of words) if (others.has(word)) sum += weight
  return sum
}

const without = (words: Map<string, number>, other: ProductText) =>
  new Map([...words].filter(([word]) => !other.words.has(word) && !(word.length >= 4 && other.squeezed.includes(word))))

const square = (weight: number) => weight * weight
