/** What the category of a part is read from: its part number and the distributor-style short description. */
export type PartText = { mpn: string; description: string }

/**
 * Named features of a part: words and word pairs of the description with digits masked, the opening words on their own
 * (distributors put the kind of part first), pieces of words for abbreviations not met before, and the beginning of
 * the part number. Vector length is 1, so that long descriptions do not outweigh short ones.
 */
export function categoryFeatures({ mpn, description }: PartText): Map<string, number> {
  const words =
    description
      .toLowerCase()
      .match(/[\p{L}\p{N}.+]+/gu)
      ?.map(maskDigits) ?? []
  const names = new Set([
    ...words.map((word) => `w:${word}`),
    ...words.slice(1).map((word, index) => `b:${words[index]} ${word}`),
    ...words.slice(0, 2).map((word, index) => `o${index}:${word}`),
    `oo:${words.slice(0, 2).join(' ')}`,
    ...words.slice(0, 4).flatMap((word) => [`p:${word.slice(0, 3)}`, `p:${word.slice(0, 4)}`]),
    ...mpnFeatures(mpn),
  ])
  const value = 1 / Math.sqrt(names.size)
  return new Map([...names].map((name) => [name, name.startsWith('m') ? value / 2 : value]))
}

const maskDigits = (word: string): string => (/^\d/.test(word) ? word.replace(/\d+(\.\d+)?/g, '#') : word)

function mpnFeatures(mpn: string): string[] {
  const plain = mpn.toUpperCase()
  return [`m2:${plain.slice(0, 2)}`, `m3:${plain.slice(0, 3)}`, `m4:${plain.slice(0, 4)}`, `ms:${maskShape(plain)}`]
}

const maskShape = (text: string): string => text.slice(0, 6).replace(/\d/g, '9').replace(/[A-Z]/g, 'A')
