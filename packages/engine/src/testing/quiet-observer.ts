import type { CountName, Observer, StageEvent } from '../ports/index.ts'

export type QuietObserver = Observer & {
  /** Codes of what went wrong, in order. */
  troubles: string[]
  /** What happened to stages, in order. */
  stages: StageEvent[]
  counts: Partial<Record<CountName, number>>
}

/** Says nothing and remembers what it was told, for a test to look at. */
export function quietObserver(): QuietObserver {
  const troubles: string[] = []
  const stages: StageEvent[] = []
  const counts: Partial<Record<CountName, number>> = {}
  return {
    troubles,
    stages,
    stage: (event) => void stages.push(event),
    counts,
    step: (_info, run) => run(),
    trouble: (code) => void troubles.push(code),
    count: (name, by) => void (counts[name] = (counts[name] ?? 0) + by),
  }
}
