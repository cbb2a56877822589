import type { ServiceLife } from './run-service.ts'

type Watched = {
  /** What should go on, for `/health/live` and the log. */
  name: string
  /** Changes whenever it has gone on. */
  mark: () => number
  /** Whether it could and should go on now. Rejects when that cannot be told, which is nobody's fault here. */
  isExpected: () => Promise<boolean>
  /** For how long it may stand still although it could go on, ms; 0 for ever. */
  limitMs: number
}

const LOOKS = 6

/**
 * Liveness by progress: a loop that says that it runs may have stood still for hours. Looks six times within the limit;
 * a process that did not run for a while has missed looks and is not blamed. When all of them see no progress the
 * service fails, so that another process takes its place.
 */
export function watchProgress({ health, onStop, fail }: Pick<ServiceLife, 'health' | 'onStop' | 'fail'>, of: Watched) {
  if (of.limitMs === 0) return
  const look = lookAfter(of)
  let stuck = 0
  health.lives(of.name, () => stuck <= LOOKS)
  const judge = async () => {
    const stands = await look()
    if (stands === undefined) return
    stuck = stands ? stuck + 1 : 0
    if (stuck > LOOKS) fail(new Error(`No progress for ${of.limitMs} ms: ${of.name}`))
  }
  const timer = setInterval(() => void judge(), of.limitMs / LOOKS).unref()
  onStop.defer(() => clearInterval(timer))
}

/** True when there was no progress since the last look though there should have been; nothing while one is under way. */
function lookAfter({ mark, isExpected }: Watched): () => Promise<boolean | undefined> {
  let last = mark()
  let isLooking = false
  return async () => {
    if (isLooking) return undefined
    isLooking = true
    const expected = await isExpected().catch(() => false)
    isLooking = false
    const now = mark()
    const stands = now === last
    last = now
    return stands && expected
  }
}
