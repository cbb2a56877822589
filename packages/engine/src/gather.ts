/**
 * Lets single calls travel together: the first goes at once (with whatever came in the same turn of the event loop),
 * and what comes while it is under way goes with the next. No timer: alone is fast, busy is bundled.
 *
 * @param run works a group; its results are in the order of the items.
 */
export function gather<Item, Result>(
  run: (items: Item[]) => Promise<readonly Result[]>,
  limits: { maxItems: number; maxBytes?: number; sizeOf?: (item: Item) => number },
): (item: Item) => Promise<Result> {
  const waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = []
  let underWay = false

  const next = async (): Promise<void> => {
    if (underWay || waiting.length === 0) return
    underWay = true
    await new Promise(setImmediate)
    const group = waiting.splice(
      0,
      groupSize(
        waiting.map(({ item }) => item),
        limits,
      ),
    )
    try {
      const results = await run(group.map(({ item }) => item))
      group.forEach(({ resolve }, i) => resolve(results[i]!))
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    underWay = false
    void next()
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      void next()
    })
}

function groupSize<Item>(
  items: readonly Item[],
  {
    maxItems,
    maxBytes = Infinity,
    sizeOf = () => 0,
  }: { maxItems: number; maxBytes?: number; sizeOf?: (item: Item) => number },
): number {
  let bytes = 0
  for (let i = 0; i < Math.min(items.length, maxItems); i += 1) {
    bytes += sizeOf(items[i]!)
    if (bytes > maxBytes && i > 0) return i
  }
  return Math.min(items.length, maxItems)
}
