import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { post, type Line } from './line.ts'

type Clock = { taskId: string; state: string; deadline: string; breachedAt: string | null; pausedMs: number }
type Task = { id: string; state: string; priorityLevel: string; group: string | null }
type Entry = { event: string; at: string }

describe('promises of time, with two orchestrators', () => {
  let line: Line
  before(async () => {
    line = await startLine({ stages: [] })
    line.start('orchestrator')
  })
  after(() => line?.[Symbol.asyncDispose]())

  const open = async (type: string): Promise<string> => {
    const answer = await line.call('/v1/tasks', post({ type, title: 'T', priority: 'low' }))
    const body = (await answer.json()) as Task
    assert.equal(answer.status, 201, JSON.stringify(body))
    return body.id
  }
  const clockOf = async (id: string): Promise<Clock | undefined> =>
    (await line.json<{ items: Clock[] }>('/v1/sla-records')).items.find(({ taskId }) => taskId === id)
  const breaches = async (id: string): Promise<Entry[]> =>
    (await line.json<{ items: Entry[] }>(`/v1/tasks/${id}/history`)).items.filter(
      ({ event }) => event === 'sla_breached',
    )
  const isBreached = (id: string) =>
    waitFor(async () => (await clockOf(id))?.state === 'breached', { timeoutMs: 10_000, message: 'the breach' })

  /** Moves the clock of the record on, as hours would. */
  async function pass(interval: string): Promise<void> {
    const client = new pg.Client({ connectionString: line.database.adminUrl })
    await client.connect()
    await client.query('UPDATE clock_offset SET shift = shift + $1::interval', [interval])
    await client.end()
  }

  it('a breach is found within a second of its time, while the task still waits', async () => {
    const config = { taskType: 'quick', limitMs: 1_000, escalatePriority: 'high', escalateGroup: 'leads' }
    assert.equal((await line.call('/v1/sla-configs', post(config))).status, 201)
    const ids = await Promise.all(Array.from({ length: 20 }, () => open('quick')))

    for (const id of ids) await isBreached(id)

    for (const id of ids) {
      const { deadline, breachedAt } = (await clockOf(id))!
      const lateMs = Date.parse(breachedAt!) - Date.parse(deadline)
      assert.ok(lateMs >= 0 && lateMs < 1_000, `${lateMs} ms`)
      const task = await line.json<Task>(`/v1/tasks/${id}`)
      assert.deepEqual([task.state, task.priorityLevel, task.group], ['new', 'high', 'leads'])
      assert.equal((await breaches(id)).length, 1)
    }
  })

  it('intake has an hour: what takes longer is broken once, what does not is kept', async () => {
    const [late, kept] = [await open('intake'), await open('intake')]
    const move = (id: string, to: string) => line.call(`/v1/tasks/${id}:transition`, post({ to }))
    await move(kept, 'in_progress')
    await pass('59 minutes')
    await move(kept, 'completed')
    await pass('2 minutes')
    await isBreached(late)
    await move(late, 'in_progress')
    await move(late, 'completed')

    assert.deepEqual([(await clockOf(late))?.state, (await clockOf(kept))?.state], ['breached', 'met'])
    assert.deepEqual([(await breaches(late)).length, (await breaches(kept)).length], [1, 0])
    const { weeks } = await line.json<{ weeks: { taskType: string; met: number; breached: number }[] }>(
      '/v1/sla-figures',
    )
    const intake = weeks.filter(({ taskType }) => taskType === 'intake')
    assert.deepEqual([intake[0]?.met, intake[0]?.breached], [1, 1])
  })
})
