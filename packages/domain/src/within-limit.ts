/** What was asked did not come within its time. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/**
 * Waits no longer than `ms`; what is called goes on, and may still take effect.
 * @throws OutOfTime after `ms`, else whatever the call throws
 */
export async function withinLimit<T>(
  ms: number,
  call: Promise<T> | (() => Promise<T>),
  who = 'What was asked',
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime(`${who} did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([typeof call === 'function' ? call() : call, limit])
  } finally {
    clearTimeout(timer)
  }
}
