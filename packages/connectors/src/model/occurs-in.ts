/**
 * Whether a value stands in a text, letter case, accents, blanks and punctuation aside, as whole words. A model's value
 * that does not may be made up.
 */
export function occursIn(text: string, value: string): boolean {
  const words = wordsOf(value)
  return words !== '' && ` ${wordsOf(text)} `.includes(` ${words} `)
}

const wordsOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
