import type { Recorder } from './recorder.ts'

export type Answers = Disposable & {
  all(): number
  /** 5xx, or none at all. */
  failed(): number
}

/** Counts what submissions are answered with from now on. */
export function countAnswers(recorder: Recorder): Answers {
  let [all, failed] = [0, 0]
  const stop = recorder.listen((line) => {
    if (line.kind === 'accepted' || line.kind === 'refused' || line.kind === 'unknown') all += 1
    if (line.kind === 'unknown' || (line.kind === 'refused' && line.status >= 500)) failed += 1
  })
  return { all: () => all, failed: () => failed, [Symbol.dispose]: stop }
}
