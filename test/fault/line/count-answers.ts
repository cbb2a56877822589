import type { Recorder } from './recorder.ts'

export type Answers = Disposable & {
  all(): number
  /** 5xx, or none at all. */
  failed(): number
  /** How many had each status; 0 stands for none at all. */
  byStatus(): ReadonlyMap<number, number>
}

/** Counts what submissions are answered with from now on. */
export function countAnswers(recorder: Recorder): Answers {
  const statuses = new Map<number, number>()
  const count = (status: number) => void statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const stop = recorder.listen((line) => {
    if (line.kind === 'accepted') count(202)
    if (line.kind === 'refused') count(line.status)
    if (line.kind === 'unknown') count(0)
  })
  const sum = (wanted: (status: number) => boolean) =>
    [...statuses].reduce((all, [status, times]) => all + (wanted(status) ? times : 0), 0)
  return {
    all: () => sum(() => true),
    failed: () => sum((status) => status === 0 || status >= 500),
    byStatus: () => statuses,
    [Symbol.dispose]: stop,
  }
}
