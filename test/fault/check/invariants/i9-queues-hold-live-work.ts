import type { Found, Invariant, Look } from '../invariant.ts'

const DEAD_STEPS = `
  SELECT w.message FROM unnest($1::text[], $2::uuid[], $3::text[]) AS w(message, job_id, step)
  LEFT JOIN jobs j ON j.id = w.job_id
  GROUP BY w.message
  HAVING bool_and(coalesce(j.steps -> w.step ->> 's', 'pending') IN ('completed', 'skipped', 'cancelled')
    AND j.updated_at < stageline_now() - $4 * interval '1 ms')`

/** Messages that wait or are worked although nothing of them has been left to do for long. */
async function leftovers({ redis, query, limits }: Look): Promise<Found> {
  const found = { count: 0, examples: [] as string[] }
  const stages = await query<{ stage: string }>('SELECT stage FROM stages ORDER BY stage')
  for await (const messages of redis!.liveMessages(stages.map(({ stage }) => stage))) {
    const steps = messages.flatMap(({ id, steps }) => steps.map(([jobId, step]) => ({ id, jobId, step })))
    const dead = await query<{ message: string }>(DEAD_STEPS, [
      steps.map(({ id }) => id),
      steps.map(({ jobId }) => jobId),
      steps.map(({ step }) => step),
      limits.leftoverMs,
    ])
    found.count += dead.length
    for (const { message } of dead.slice(0, 5 - found.examples.length)) {
      const { stage, steps } = messages.find(({ id }) => id === message)!
      found.examples.push(`message ${message} of ${stage}: all of its ${steps.length} steps are final`)
    }
  }
  return { ...found, figures: { redisMemoryBytes: await redis!.memoryBytes() } }
}

const OPEN_TASKS = `SELECT id FROM tasks WHERE state IN ('new', 'in_progress', 'blocked')`

async function unequalReviews({ redis, query }: Look): Promise<Found> {
  const announced = new Set(await redis!.announcedTasks())
  const open = new Set((await query<{ id: string }>(OPEN_TASKS)).map(({ id }) => id))
  const unannounced = [...open.difference(announced)].map((id) => `task ${id} is open and not in manual-review`)
  const settled = [...announced.difference(open)].map((id) => `task ${id} is in manual-review and not open`)
  const all = [...unannounced, ...settled]
  return { count: all.length, examples: all.slice(0, 5) }
}

/** Redis grows with the work in hand, and shrinks with it. */
export const queuesHoldLiveWork: Invariant = {
  id: 'I9',
  what: 'Queues hold work that is yet to be done; manual-review equals the open tasks',
  rules: [
    { name: 'a message whose steps are all final', needs: ['redis'], find: leftovers },
    { name: 'a task that manual-review does not show as it is', needs: ['redis', 'quiesced'], find: unequalReviews },
  ],
}
