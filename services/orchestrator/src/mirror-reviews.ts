import type { Maintenance, ReviewQueue } from '@stageline/engine/ports'

type Parts = { maintenance: Pick<Maintenance, 'openTasks'>; review: ReviewQueue }

/** Makes the manual-review queue equal to the open tasks, in both directions: the rows are the truth. */
export function mirrorReviews({ maintenance, review }: Parts) {
  return async (): Promise<{ announced: number; withdrawn: number; more: false }> => {
    const announced = new Set(await review.announced())
    const open = await maintenance.openTasks()
    const missing = open.filter(({ id }) => !announced.has(id))
    const settled = announced.difference(new Set(open.map(({ id }) => id)))
    await review.announce(missing)
    await review.withdraw([...settled])
    return { announced: missing.length, withdrawn: settled.size, more: false }
  }
}
