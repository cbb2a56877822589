import type { StepRef } from '@stageline/engine/ports'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import type { StageConfig } from './load-config.ts'

/** Shorter than a lease, so that a handler that never comes round is ended before its step is tried again. */
const STUCK_LIMIT_MS = 8_000
/** Of the parent's time to drain: the child is to be gone when the parent is done. */
const SHARE_OF_DRAIN = 0.8

const Told = z.object({
  worker: z.string(),
  held: z.object({ tenantId: z.string(), jobId: z.string(), step: z.string(), fence: z.number().int() }).nullable(),
})

export type QuarantineEnd = {
  /** Signal or exit code. */
  how: string
  /** The step that it had in hand, as it was delivered, and the id under which it worked. */
  held: { ref: StepRef; worker: string } | undefined
  /** It was asked to end: not the doing of what it had in hand. */
  wasAsked: boolean
  /** It had ended at least one step in order. */
  hasWorked: boolean
}

export type QuarantineChild = {
  ended: Promise<QuarantineEnd>
  /** SIGTERM, and SIGKILL when it has not ended by then. */
  stop(withinMs: number): Promise<void>
}

/**
 * This worker's program once more, as a process that takes from the quarantine queue only, one step at a time, with a cap
 * on its heap. It ends with its parent, and by itself when its event loop stands still.
 */
export function forkQuarantine(stage: string, config: StageConfig): QuarantineChild {
  const child = fork(process.argv[1]!, process.argv.slice(2), {
    // The same settings, whatever they are, but for these.
    env: {
      ...process.env,
      STAGELINE_QUARANTINE: stage,
      STAGELINE_PARENT: '1',
      STAGELINE_STUCK_LIMIT_MS: String(Math.min(config.STAGELINE_STUCK_LIMIT_MS || STUCK_LIMIT_MS, STUCK_LIMIT_MS)),
      STAGELINE_DRAIN_MS: String(Math.floor(config.STAGELINE_DRAIN_MS * SHARE_OF_DRAIN)),
    },
    execArgv: [
      ...process.execArgv.filter((option) => !option.startsWith('--inspect')),
      `--max-old-space-size=${config.STAGELINE_QUARANTINE_MEMORY_MB}`,
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let held: QuarantineEnd['held']
  let hasWorked = false
  let wasAsked = false
  child.on('message', (message) => {
    const told = Told.safeParse(message)
    if (!told.success) return
    hasWorked ||= told.data.held === null
    held = told.data.held ? { ref: told.data.held, worker: told.data.worker } : undefined
  })
  const endOf = (how: string): QuarantineEnd => ({ how, held, wasAsked, hasWorked })
  const ended = once(child, 'exit').then(
    ([code, signal]) => endOf(signal ? String(signal) : `exit ${code}`),
    (error: unknown) => endOf(String(error)),
  )
  return {
    ended,
    stop: async (withinMs) => {
      // A second signal would end it at once.
      if (!wasAsked) child.kill('SIGTERM')
      wasAsked = true
      const kill = setTimeout(() => child.kill('SIGKILL'), withinMs)
      await ended
      clearTimeout(kill)
    },
  }
}
