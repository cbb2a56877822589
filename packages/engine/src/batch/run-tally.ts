import { DataError } from '@stageline/domain'
import type { RunProgress, RunSample } from '../ports/index.ts'

const NAMED_FAULTS = 100
const SHOWN = 20
const MOST_AT_A_MARK = 10_000

/** Counts what became of records, and remembers up to which mark they are done with. */
export class RunTally {
  #progress: RunProgress
  /** As it will be when everything that was read is done with. */
  #mark: string | null
  #markKeys: Set<string>

  constructor(from: RunProgress) {
    this.#progress = from
    this.#mark = from.mark
    this.#markKeys = new Set(from.markKeys)
  }

  get progress(): RunProgress {
    return this.#progress
  }

  /** Whether an earlier piece has done with the record. */
  isDone(mark: string | null, key: string | null): boolean {
    return mark !== null && key !== null && mark === this.#mark && this.#markKeys.has(key)
  }

  count(what: 'submitted' | 'skipped' | 'refused', position: string, detail?: string): void {
    const { faults, read } = this.#progress
    const named = detail === undefined || faults.length >= NAMED_FAULTS ? faults : [...faults, { position, detail }]
    this.#progress = { ...this.#progress, read: read + 1, [what]: this.#progress[what] + 1, faults: named }
  }

  show(sample: RunSample): void {
    const { sample: shown, routes } = this.#progress
    const { route } = sample
    this.#progress = {
      ...this.#progress,
      sample: shown.length < SHOWN ? [...shown, sample] : shown,
      routes: route === null ? routes : { ...routes, [route]: (routes[route] ?? 0) + 1 },
    }
  }

  /** A record that was read; those without a mark come first and move nothing. */
  reached(mark: string | null, key: string | null): void {
    if (mark === null || key === null) return
    if (mark !== this.#mark) this.#markKeys = new Set()
    this.#mark = mark
    this.#markKeys.add(key)
    if (this.#markKeys.size > MOST_AT_A_MARK)
      throw new DataError(
        'source.unordered',
        `More than ${MOST_AT_A_MARK} records have the mark "${mark.slice(0, 100)}": choose a finer markColumn, such as a time with fractions of seconds`,
      )
  }

  /** Everything that was reached is done with. */
  settle(): RunProgress {
    this.#progress = { ...this.#progress, mark: this.#mark, markKeys: [...this.#markKeys] }
    return this.#progress
  }
}
