/** What was asked did not come within its time. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/**
 * Waits for a call no longer than `ms`; the call itself goes on.
 * @throws OutOfTime after `ms`, else whatever the call throws
 */
export async function withinLimit<T>(ms: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime(`No answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([call(), limit])
  } finally {
    clearTimeout(timer)
  }
}
