/**
 * BullMQ waits for a connection without limit in places; whoever calls does not.
 * @throws Error after `ms`; the call may still take effect later.
 */
export async function withinLimit<T>(call: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([call, limit])
  } finally {
    clearTimeout(timer)
  }
}
