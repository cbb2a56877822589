import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import type { Recorder } from './recorder.ts'

/** A submission that broke off without an answer, and what its key was answered with later: a job, or that it has another. */
export type Cleared = { jobId: string | undefined; at: number }

const OTHER_BODY = 422

export type UnclearSubmissions = Disposable & {
  /** Waits until each of them has been answered. `at` is monotonic, ms. */
  cleared(withinMs: number): Promise<readonly Cleared[]>
}

/** Follows, from now on, the submissions of which nobody can say whether they were taken. */
export function followUnclear(recorder: Recorder): UnclearSubmissions {
  const found = new Map<string, Cleared | undefined>()
  const stop = recorder.listen((line) => {
    if (line.kind !== 'unknown' && line.kind !== 'accepted' && line.kind !== 'refused') return
    const name = `${line.tenant}/${line.key}`
    if (line.kind === 'unknown') return void found.set(name, found.get(name))
    if (!found.has(name) || (line.kind === 'refused' && line.status !== OTHER_BODY)) return
    const jobId = line.kind === 'accepted' ? line.jobId : undefined
    found.set(name, found.get(name) ?? { jobId, at: performance.now() })
  })
  const cleared = () => [...found.values()].filter((one) => one !== undefined)
  return {
    cleared: async (withinMs) => {
      const message = 'every submission that broke off to be answered under its key'
      await waitFor(() => cleared().length === found.size, { timeoutMs: withinMs, message })
      return cleared()
    },
    [Symbol.dispose]: stop,
  }
}
