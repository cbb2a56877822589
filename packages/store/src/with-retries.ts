import { SystemError } from '@stageline/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { isCollision } from './store-error.ts'

const MAX_TRIES = 5

/** Begins again, after a moment that differs for each, when two transactions met (deadlock, serialization failure). */
export async function withRetries<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await action()
    } catch (error) {
      if (!isCollision(error)) throw error
      if (tries === MAX_TRIES)
        throw new SystemError('store.unavailable', 'Transactions keep colliding', { cause: error })
      await delay(Math.random() * 20 * tries)
    }
  }
}
