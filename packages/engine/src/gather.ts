type Limits<Item> = { maxItems: number; maxBytes?: number; sizeOf?: (item: Item) => number }

type Waiting<Item, Result> = {
  item: Item
  resolve: (result: Result | Promise<never>) => void
  reject: (error: unknown) => void
}

/**
 * Lets single calls travel together: the first goes at once (with whatever came in the same turn of the event loop),
 * and what comes while it is under way goes with the next. No timer: alone is fast, busy is bundled.
 *
 * @param run works a group; its results are in the order of the items. A rejected promise among them rejects that one
 *   call; a throw rejects the group.
 */
export function gather<Item, Result>(
  run: (items: Item[]) => Promise<readonly (Result | Promise<never>)[]>,
  limits: Limits<Item>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let underWay = false

  const next = async (): Promise<void> => {
    if (underWay || waiting.length === 0) return
    underWay = true
    await new Promise(setImmediate)
    await settle(waiting, limits, run)
    underWay = false
    void next()
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      void next()
    })
}

/**
 * Lets equal questions that come while others are under way be asked once. An answer is never older than the question:
 * what is under way is not shared by who comes later.
 */
export function askTogether<Parts extends readonly string[], Answer>(
  ask: (...parts: Parts) => Promise<Answer>,
): (...parts: Parts) => Promise<Answer> {
  const together = gather(
    async (questions: Parts[]) => {
      const asked = new Map<string, Promise<PromiseSettledResult<Answer>[]>>()
      for (const parts of questions) {
        const name = JSON.stringify(parts)
        if (!asked.has(name)) asked.set(name, Promise.allSettled([ask(...parts)]))
      }
      const answers = await Promise.all(questions.map((parts) => asked.get(JSON.stringify(parts))!))
      return answers.map(([answer]) =>
        answer!.status === 'fulfilled' ? answer!.value : Promise.reject(answer!.reason),
      )
    },
    { maxItems: Infinity },
  )
  return (...parts) => together(parts)
}

async function settle<Item, Result>(
  waiting: Waiting<Item, Result>[],
  limits: Limits<Item>,
  run: (items: Item[]) => Promise<readonly (Result | Promise<never>)[]>,
): Promise<void> {
  const group = waiting.splice(0, groupSize(waiting, limits))
  try {
    const results = await run(group.map(({ item }) => item))
    group.forEach(({ resolve }, i) => resolve(results[i]!))
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

function groupSize<Item>(
  waiting: readonly { item: Item }[],
  { maxItems, maxBytes = Infinity, sizeOf = () => 0 }: Limits<Item>,
): number {
  const most = Math.min(waiting.length, maxItems)
  let bytes = 0
  for (let i = 0; i < most; i += 1) {
    bytes += sizeOf(waiting[i]!.item)
    if (bytes > maxBytes && i > 0) return i
  }
  return most
}
