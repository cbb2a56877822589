import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const EVERY_MS = 20

/**
 * Resolves with the first truthy value of `condition`, asked anew every 20 ms.
 *
 * @throws Error that names what was waited for, after `timeoutMs` (default 20,000: a busy machine is slow, and who waits in vain only fails).
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 20_000, message = 'the condition' }: { timeoutMs?: number; message?: string } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${message}`)
    await delay(EVERY_MS)
  }
}
