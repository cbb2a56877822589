/**
 * Named features of a product title: words and word pairs with digits masked, beginnings and ends of words for forms
 * not met before, and the last word before the first sign that parts the title, which often names the thing.
 */
export function titleFeatures(title: string): Map<string, number> {
  const words = wordsOf(title)
  const names = new Set([
    ...words.map((word) => `w:${word}`),
    ...words.slice(1).map((word, index) => `b:${words[index]} ${word}`),
    ...words.filter((word) => word.length > 4).flatMap((word) => [`p:${word.slice(0, 4)}`, `s:${word.slice(-4)}`]),
    `h:${wordsOf(title.split(/[,;(|]|\s[-–]\s/)[0] ?? '').at(-1) ?? ''}`,
  ])
  const value = 1 / Math.sqrt(names.size)
  return new Map([...names].map((name) => [name, value]))
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.map((word) => word.replace(/\d+/g, '#')) ?? []
