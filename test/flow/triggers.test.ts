import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { post, type Line } from './line.ts'

type Task = {
  id: string
  type: string
  title: string
  priorityLevel: string
  createdBy: string
  serviceArea: string | null
  state: string
}
type Run = { state: string; depth: number; made: { kind: string; id: string }[]; error: { code: string } | null }
type Alert = { id: string; title: string; count: number; level: string; acknowledgedBy: string | null }

describe('triggers, with two orchestrators of which one is killed in between', () => {
  let line: Line
  before(async () => {
    line = await startLine({ stages: [] })
    line.start('orchestrator')
  })
  after(() => line?.[Symbol.asyncDispose]())

  const put = (body: { key: string }) =>
    line.call(`/v1/triggers/${body.key}`, { ...post({ on: ['task.settled'], ...body }), method: 'PUT' })
  const save = async (body: { key: string; [member: string]: unknown }): Promise<void> => {
    const answer = await put(body)
    assert.equal(answer.status, 201, await answer.text())
  }
  const runs = async (key: string): Promise<Run[]> =>
    (await line.json<{ items: Run[] }>(`/v1/triggers/${key}/runs?limit=200`)).items
  const ended = (key: string, count: number) =>
    waitFor(async () => (await runs(key)).filter(({ state }) => state !== 'waiting').length >= count, {
      timeoutMs: 60_000,
      message: `${count} runs of ${key}`,
    })
  const open = async (type: string, title: string): Promise<string> => {
    const answer = await line.call('/v1/tasks', post({ type, title, serviceArea: 'buying' }))
    return ((await answer.json()) as Task).id
  }
  const move = async (id: string, to: string): Promise<void> => {
    const answer = await line.call(`/v1/tasks/${id}:transition`, post({ to, reason: 'Flow' }))
    assert.equal(answer.status, 200, await answer.text())
  }
  const complete = async (id: string): Promise<void> => {
    await move(id, 'in_progress')
    await move(id, 'completed')
  }
  const tasks = async (type: string): Promise<Task[]> =>
    (await line.json<{ items: Task[] }>(`/v1/tasks?type=${type}&limit=200`)).items.filter((task) => task.type === type)
  const alerts = async (): Promise<Alert[]> => (await line.json<{ items: Alert[] }>('/v1/alerts')).items

  it('each completed intake is followed by exactly one urgent assessment, whoever is killed meanwhile', async () => {
    const doomed = line.start('orchestrator')
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => open('intake', `Vendor ${i}`)))
    const cancelled = await open('intake', 'Not this one')
    await Promise.all(ids.slice(0, 6).map(complete))
    await waitFor(async () => (await runs('intake-completed')).length > 0, {
      timeoutMs: 60_000,
      message: 'a first run',
    })
    doomed.kill('SIGKILL')
    await Promise.all(ids.slice(6).map(complete))
    await move(cancelled, 'cancelled')

    await ended('intake-completed', ids.length)

    const made = await tasks('assessment')
    assert.deepEqual(made.map(({ title }) => title).sort(), ids.map((_, i) => `Assess: Vendor ${i}`).sort())
    for (const { priorityLevel, createdBy, serviceArea } of made)
      assert.deepEqual([priorityLevel, createdBy, serviceArea], ['high', 'trigger:intake-completed', 'buying'])
    assert.deepEqual(new Set((await runs('intake-completed')).map(({ state }) => state)), new Set(['done']))
  })

  it('a plan that becomes active raises an alert; equal ones are one until somebody has seen it', async () => {
    await save({ key: 'grouped', on: ['plan.moved'], actions: [{ kind: 'emit_alert', title: 'Moved', group: 'all' }] })
    for (const title of ['First', 'Second']) {
      const plan = (await (await line.call('/v1/plans', post({ title }))).json()) as { id: string }
      assert.equal((await line.call(`/v1/plans/${plan.id}:activate`, post({}))).status, 200)
    }
    await ended('plan-activated', 2)
    await ended('grouped', 2)

    const raised = await alerts()
    const titles = raised.map(({ title, count }) => `${title} ${count}`)
    assert.deepEqual(titles.sort(), ['Moved 2', 'Plan activated: First 1', 'Plan activated: Second 1'])
    const { id } = raised.find(({ title }) => title === 'Moved')!
    const seen = (await (await line.call(`/v1/alerts/${id}:acknowledge`, post({}))).json()) as Alert
    assert.notEqual(seen.acknowledgedBy, null)
    assert.equal((await line.json<{ items: Alert[] }>('/v1/alerts?state=open')).items.length, 2)
  })

  it('triggers that set each other off stop after a few turns, and say so', async () => {
    const actions = [{ kind: 'create_task', type: 'echo', title: 'Echo of {entry.title}' }]
    await save({ key: 'echo', on: ['task.opened'], when: 'entry.taskType == "echo"', actions })
    await open('echo', 'A call')

    await waitFor(async () => (await runs('echo')).some(({ state }) => state === 'refused'), {
      timeoutMs: 60_000,
      message: 'the end of the loop',
    })

    const all = await runs('echo')
    assert.deepEqual(
      all.map(({ depth }) => depth).toSorted((one, other) => one - other),
      [0, 1, 2, 3, 4, 5],
    )
    assert.equal(all.find(({ state }) => state === 'refused')?.error?.code, 'trigger.loop')
    assert.equal((await tasks('echo')).length, 6)
  })

  it('a trigger that fails says why, and holds up no other', async () => {
    const own = (when: string) => `entry.taskType == "own" && ${when}`
    const actions = [{ kind: 'emit_alert', title: 'x' }]
    await save({ key: 'broken-predicate', when: own('entry.title > 3'), actions })
    await save({
      key: 'broken-action',
      when: own('true'),
      actions: [{ kind: 'submit_job', workflow: 'none', input: {} }],
    })
    await save({
      key: 'mover',
      on: ['task.opened'],
      when: own('true'),
      actions: [{ kind: 'update_task_state', to: 'blocked', reason: 'Waits for {entry.title}' }],
    })
    await save({
      key: 'submitter',
      when: own('true'),
      actions: [{ kind: 'submit_job', workflow: 'part', input: { record: { mpn: '{entry.title}' } } }],
    })
    const id = await open('own', 'NXR-1')
    await ended('mover', 1)
    const task = await line.json<Task & { blockedReason: string }>(`/v1/tasks/${id}`)
    await complete(id)
    for (const key of ['broken-predicate', 'broken-action', 'submitter']) await ended(key, 1)

    assert.deepEqual([task.state, task.blockedReason], ['blocked', 'Waits for NXR-1'])
    const codes = await Promise.all(['broken-predicate', 'broken-action'].map(runs))
    assert.deepEqual(
      codes.map(([run]) => [run?.state, run?.error?.code]),
      [
        ['failed', 'trigger.predicate'],
        ['failed', 'workflow.unknown'],
      ],
    )
    const [submitted] = await runs('submitter')
    const job = await line.json<{ actor: string; origin: string }>(`/v1/jobs/${submitted!.made[0]!.id}`)
    assert.deepEqual([job.actor, job.origin], ['trigger:submitter', 'trigger'])
  })

  it('a trigger is tried on the past before it is saved', async () => {
    const trigger = {
      key: 'rehearsed',
      on: ['task.settled'],
      when: 'entry.taskType == "intake" && entry.to == "cancelled"',
      actions: [{ kind: 'emit_alert', title: 'Lost: {entry.title}' }],
    }
    const answer = await line.call('/v1/triggers:simulate', post({ trigger }))
    const found = (await answer.json()) as { looked: number; fitted: number; items: { entry: { title: string } }[] }

    assert.equal(answer.status, 200, JSON.stringify(found))
    assert.deepEqual([found.fitted, found.items[0]?.entry.title], [1, 'Not this one'])
    assert.ok(found.looked >= 14)
  })
})
