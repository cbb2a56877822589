import type { BulkItem, JobWrite } from '../ports/index.ts'

/** What became of the jobs of bulk actions, by action and job. */
export class MemoryBulkItems {
  readonly #items = new Map<string, Map<string, BulkItem>>()
  /** Actions for which no further job is changed. */
  readonly stopped = new Set<string>()

  add(actionId: string, jobId: string): void {
    this.#of(actionId).set(jobId, { jobId, outcome: null, code: null, detail: null, at: null })
  }

  /** In the order of the ids of the jobs. */
  list(actionId: string): BulkItem[] {
    return [...this.#of(actionId).values()].toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))
  }

  note(actionId: string, item: BulkItem): void {
    if (this.#of(actionId).get(item.jobId)?.outcome === null) this.#of(actionId).set(item.jobId, item)
  }

  isWanted({ after, bulkActions = [] }: JobWrite): boolean {
    return bulkActions.every((id) => !this.stopped.has(id) && this.#of(id).get(after.id)?.outcome === null)
  }

  settle({ after, bulkActions = [] }: JobWrite, at: string): void {
    for (const id of bulkActions) this.note(id, { jobId: after.id, outcome: 'done', code: null, detail: null, at })
  }

  #of(actionId: string): Map<string, BulkItem> {
    const known = this.#items.get(actionId) ?? new Map<string, BulkItem>()
    this.#items.set(actionId, known)
    return known
  }
}
