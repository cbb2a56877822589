/** How alike two short texts are, 0 to 1, an equal beginning counting more (Winkler 1990). */
export function jaroWinkler(one: string, other: string): number {
  const jaro = jaroOf(one, other)
  let start = 0
  while (start < 4 && start < one.length && one[start] === other[start]) start += 1
  return jaro + start * 0.1 * (1 - jaro)
}

function jaroOf(one: string, other: string): number {
  if (one === other) return 1
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1)
  const taken = new Uint8Array(other.length)
  const matched: string[] = []
  for (let index = 0; index < one.length; index += 1) {
    const found = findFree(one[index]!, other, taken, Math.max(0, index - reach), index + reach + 1)
    if (found < 0) continue
    taken[found] = 1
    matched.push(one[index]!)
  }
  if (matched.length === 0) return 0
  const inOther = [...other].filter((_, index) => taken[index])
  const moved = matched.filter((char, index) => char !== inOther[index]).length / 2
  const count = matched.length
  return (count / one.length + count / other.length + (count - moved) / count) / 3
}

function findFree(char: string, text: string, taken: Uint8Array, from: number, to: number): number {
  for (let index = from; index < Math.min(to, text.length); index += 1)
    if (!taken[index] && text[index] === char) return index
  return -1
}
