import { SystemError } from '@stageline/domain'
import { performance } from 'node:perf_hooks'

type Limits<Item> = {
  /** Of a group. */
  maxItems: number
  maxBytes?: number
  sizeOf?: (item: Item) => number
  /** Of all that waits; who would be beyond is refused. */
  maxWaiting?: number
  maxWaitingBytes?: number
  /** Whoever has waited longer when its turn comes is refused: it is not wanted any more, or soon will not be. */
  maxWaitMs?: number
}

type Waiting<Item, Result> = {
  item: Item
  bytes: number
  since: number
  resolve: (result: Result | Promise<never>) => void
  reject: (error: unknown) => void
}

type Run<Item, Result> = (items: Item[]) => Promise<readonly (Result | Promise<never>)[]>

/**
 * Lets single calls travel together: the first goes at once (with whatever came in the same turn of the event loop),
 * and what comes while it is under way goes with the next. No timer: alone is fast, busy is bundled.
 *
 * @param run works a group; its results are in the order of the items. A rejected promise among them rejects that one
 *   call; a throw rejects the group.
 * @throws SystemError `intake.busy` to a call that is beyond a limit on waiting
 */
export function gather<Item, Result>(run: Run<Item, Result>, limits: Limits<Item>): (item: Item) => Promise<Result> {
  const { sizeOf = () => 0, maxWaiting = Infinity, maxWaitingBytes = Infinity } = limits
  const waiting: Waiting<Item, Result>[] = []
  let waitingBytes = 0
  let underWay = false

  const next = async (): Promise<void> => {
    if (underWay || waiting.length === 0) return
    underWay = true
    await new Promise(setImmediate)
    const group = waiting.splice(0, groupSize(waiting, limits))
    for (const { bytes } of group) waitingBytes -= bytes
    await settle(refuseLate(group, limits), run)
    underWay = false
    void next()
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const bytes = sizeOf(item)
      if (waiting.length >= maxWaiting || waitingBytes + bytes > maxWaitingBytes) return reject(tooBusy())
      waitingBytes += bytes
      waiting.push({ item, bytes, since: performance.now(), resolve, reject })
      void next()
    })
}

/** A gatherer for each lane, so that none waits for another; there as long as something is under way in it. */
export function gatherBy<Item, Result>(
  laneOf: (item: Item) => string,
  run: Run<Item, Result>,
  limits: Limits<Item>,
): (item: Item) => Promise<Result> {
  const lanes = new Map<string, { call: (item: Item) => Promise<Result>; open: number }>()
  return async (item) => {
    const name = laneOf(item)
    const lane = lanes.get(name) ?? { call: gather(run, limits), open: 0 }
    lanes.set(name, lane)
    lane.open += 1
    try {
      return await lane.call(item)
    } finally {
      lane.open -= 1
      if (lane.open === 0) lanes.delete(name)
    }
  }
}

/**
 * Lets equal questions that come while one is under way be asked once. An answer is never older than the question: what is
 * under way is not shared by who comes later.
 */
export function askTogether<Parts extends readonly string[], Answer>(
  ask: (...parts: Parts) => Promise<Answer>,
  limits: Pick<Limits<Parts>, 'maxWaiting' | 'maxWaitMs'>,
): (...parts: Parts) => Promise<Answer> {
  const together = gatherBy(
    (parts: Parts) => JSON.stringify(parts),
    async (equal) => {
      const answer = await ask(...equal[0]!)
      return equal.map(() => answer)
    },
    { ...limits, maxItems: Infinity },
  )
  return (...parts) => together(parts)
}

const tooBusy = () => new SystemError('intake.busy', 'More comes in at present than can be stored')

function refuseLate<Item, Result>(
  group: readonly Waiting<Item, Result>[],
  { maxWaitMs = Infinity }: Limits<Item>,
): Waiting<Item, Result>[] {
  const since = performance.now() - maxWaitMs
  for (const one of group) if (one.since < since) one.reject(tooBusy())
  return group.filter((one) => one.since >= since)
}

async function settle<Item, Result>(group: readonly Waiting<Item, Result>[], run: Run<Item, Result>): Promise<void> {
  if (group.length === 0) return
  try {
    const results = await run(group.map(({ item }) => item))
    group.forEach(({ resolve }, i) => resolve(results[i]!))
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

function groupSize<Item>(
  waiting: readonly { bytes: number }[],
  { maxItems, maxBytes = Infinity }: Pick<Limits<Item>, 'maxItems' | 'maxBytes'>,
): number {
  const most = Math.min(waiting.length, maxItems)
  let sum = 0
  for (let i = 0; i < most; i += 1) {
    sum += waiting[i]!.bytes
    if (sum > maxBytes && i > 0) return i
  }
  return most
}
