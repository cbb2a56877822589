import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceLife } from './run-service.ts'

const AGAIN_MS = 500

/**
 * A store that is not there yet is waited for: the service is alive and says that it is not ready.
 * @returns nothing when the service was asked to stop before
 */
export async function untilDone<T>(
  call: () => Promise<T>,
  { telemetry, stopping }: Pick<ServiceLife, 'telemetry' | 'stopping'>,
): Promise<T | undefined> {
  while (!stopping.aborted) {
    try {
      return await call()
    } catch (error) {
      telemetry.observer.trouble('store.unavailable', error)
      await delay(AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined)
    }
  }
  return undefined
}
