/** Codes in the address of a page, with where in it they stand. */
export function addressCodes(address: string): { value: string; traits: string[] }[] {
  const [, path = '', query = ''] = /^\w[\w.+-]*:\/\/[^/]+(\/[^?#]*)?(?:\?([^#]*))?/.exec(address) ?? []
  const segments = path.split('/').filter(Boolean).map(decode)
  const inPath = segments.flatMap((segment, index) =>
    pieces(segment.replace(/\.(?:html?|php|aspx?|jsp)$/i, '')).map(({ value, kind }) => ({
      value,
      traits: [
        kind,
        index === segments.length - 1 ? 'last' : index === segments.length - 2 ? 'last-but-one' : 'earlier',
      ],
    })),
  )
  const inQuery = query.split('&').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=').map(decode)
    const kind = /sku|pid|prod|item|art|asin/i.test(key) ? 'query-id' : /id$/i.test(key) ? 'query-some-id' : 'query'
    return CODE.test(value) ? [{ value, traits: [kind] }] : []
  })
  return [...inPath, ...inQuery].filter(({ value }) => /\d/.test(value) && !/\.(?:jpe?g|png|gif|webp)$/i.test(value))
}

const CODE = /^[\p{L}\p{N}][\p{L}\p{N}._/-]{2,29}$/u

/** A whole segment, the tail of a name in words (`desk-lamp-4711`), and the digits of that tail. */
function pieces(segment: string): { value: string; kind: string }[] {
  const words = segment.split(/[-_]/)
  const tail = words.at(-1) ?? ''
  const head = words[0] ?? ''
  const beginsAt = words.findIndex((word) => /\d/.test(word))
  const digits = /^[a-z]{1,3}(\d{4,})$/i.exec(tail)?.[1]
  const found: [string, string][] = [
    ...(CODE.test(segment) && words.length <= 3
      ? [[segment, words.length === 1 ? 'segment' : 'compound'] as [string, string]]
      : []),
    ...(words.length > 1 && CODE.test(tail) ? [[tail, 'tail'] as [string, string]] : []),
    ...(words.length > 1 && CODE.test(head) ? [[head, 'head'] as [string, string]] : []),
    ...(words.length > 2 && beginsAt > 0 && beginsAt < words.length - 1 && words.length - beginsAt <= 2
      ? [[words.slice(beginsAt).join('-'), 'tail-words'] as [string, string]]
      : []),
    ...(digits ? [[digits, 'tail-digits'] as [string, string]] : []),
    ...[...segment.matchAll(/(?<![a-z\d])[a-z]?\d{5,}[a-z]?(?![a-z\d])/gi)].map((match): [string, string] => [
      match[0],
      'number',
    ]),
  ]
  const unlike = new Map(found.toReversed().map(([value, kind]) => [value, kind]))
  return [...unlike].map(([value, kind]) => ({ value, kind }))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
