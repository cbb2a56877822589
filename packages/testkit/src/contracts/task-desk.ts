import { newId, type TaskState } from '@stageline/domain'
import { changePlan, changeTask, type TaskAct } from '@stageline/engine'
import type { NewTask, TaskDesk } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'

export type TaskDeskUnderTest = AsyncDisposable & {
  desk: TaskDesk
  tenantId: string
  /** Moves the clock of the record on. */
  pass(ms: number): Promise<void>
}

const HOUR = 3_600_000

/** What becomes of tasks and plans, in memory and in Postgres alike. */
export function taskDeskContract(name: string, open: () => Promise<TaskDeskUnderTest>): void {
  const it = (behaviour: string, run: (given: TaskDeskUnderTest & Hands) => Promise<void>): void => {
    void test(`${name}: ${behaviour}`, async () => {
      await using given = await open()
      await run({ ...given, ...handsOn(given) })
    })
  }

  it('what a task or plan belongs to is kept with its first entry', async ({ desk, tenantId }) => {
    const belongsTo = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      correlationId: 'order-17',
    }
    const [task, plan] = [newTask({ belongsTo }), newId()]
    const opened = await desk.openTask(tenantId, task)
    await desk.openPlan(tenantId, {
      id: plan,
      title: 'P',
      description: null,
      serviceArea: null,
      createdBy: 'ann',
      belongsTo,
    })

    assert.equal('task' in opened && 'belongsTo' in opened.task, false)
    for (const id of [task.id, plan])
      assert.deepEqual(
        (await desk.entries(tenantId, id)).map(({ event, data }) => [event, data]),
        [['opened', belongsTo]],
      )
  })

  it('a task is opened as it was asked for, and its history begins', async ({ desk, tenantId, task }) => {
    const asked = newTask({ description: 'In full', serviceArea: 'buying', group: 'buyers', evidence: { a: [1] } })
    const opened = await desk.openTask(tenantId, { ...asked, dueAt: '2026-12-01T08:00:00.000Z' })

    assert.ok(opened.kind === 'opened')
    const { createdAt: _at, ...shown } = opened.task
    assert.deepEqual(shown, {
      ...asked,
      dueAt: '2026-12-01T08:00:00.000Z',
      workflow: null,
      step: null,
      cause: 'opened',
      state: 'new',
      leaseUntil: null,
      snoozedUntil: null,
      blockedReason: null,
      completedAt: null,
      verdict: null,
      verdictBy: null,
      verdictReason: null,
      corrections: [],
    })
    const told = await desk.entries(tenantId, asked.id)
    assert.deepEqual(
      told.map(({ at: _at, ...entry }) => entry),
      [{ seq: 1, event: 'opened', from: null, to: 'new', actor: 'ann', reason: null, data: null }],
    )
    assert.deepEqual(await desk.entries(tenantId, newId()), [])
    assert.notEqual(await task(), asked.id)
  })

  it('a task that is there under its id stays as it is', async ({ desk, tenantId }) => {
    const asked = newTask()
    const first = await desk.openTask(tenantId, asked)
    const again = await desk.openTask(tenantId, { ...asked, title: 'Another title' })

    assert.deepEqual(again, first)
    assert.equal((await desk.entries(tenantId, asked.id)).length, 1)
  })

  it('a request that is repeated with its key finds the task that it opened', async ({ desk, tenantId }) => {
    const key = { key: 'k1', fingerprint: 'f' }
    const refused = await desk.openTask(tenantId, newTask({ planId: newId() }), key)
    const asked = newTask({})

    const both = await Promise.all([desk.openTask(tenantId, asked, key), desk.openTask(tenantId, newTask({}), key)])
    const again = await desk.openTask(tenantId, newTask({}), key)
    const other = await desk.openTask(tenantId, newTask({}), { ...key, fingerprint: 'g' })

    assert.equal(refused.kind, 'unknown_plan')
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['opened', 'replayed'])
    const ids = [...both, again, other].map((opened) => 'task' in opened && opened.task.id)
    assert.equal(new Set(ids).size, 1)
    assert.deepEqual([again.kind, other.kind], ['replayed', 'other_body'])
  })

  it('a task names only what is there', async ({ desk, tenantId, plan, movePlan }) => {
    const planId = await plan()
    await movePlan(planId, 'archived')
    const opened = async (about: Partial<NewTask>) => (await desk.openTask(tenantId, newTask(about))).kind

    assert.deepEqual(
      [await opened({ jobId: newId() }), await opened({ planId: newId() }), await opened({ planId })],
      ['unknown_job', 'unknown_plan', 'archived_plan'],
    )
  })

  it('of many who claim at once one gets it; the others see who', async ({ task, act }) => {
    const id = await task()
    const people = ['ann', 'ben', 'cy', 'di', 'eve', 'fay']

    const claims = await Promise.all(people.map((who) => act(id, CLAIM, who)))

    const won = claims.filter((claim) => claim.kind === 'changed')
    const lost = claims.filter((claim) => claim.kind === 'refused')
    assert.deepEqual([won.length, lost.length], [1, people.length - 1])
    const holder = won[0]!.view.assignee
    for (const { refusal, view } of lost) assert.deepEqual([refusal.code, view.assignee], ['held', holder])
  })

  it('a lease keeps others out until it ends; to take over does not wait for that', async ({ task, act, pass }) => {
    const id = await task()
    const first = await act(id, CLAIM)
    const second = await act(id, CLAIM, 'ben')
    await pass(HOUR + 1_000)
    const third = await act(id, CLAIM, 'ben')
    const taken = await act(id, { ...CLAIM, takesOver: true }, 'cy')

    assert.deepEqual(
      [first, second, third, taken].map((one) => one.kind),
      ['changed', 'refused', 'changed', 'changed'],
    )
    assert.equal(taken.kind === 'changed' && taken.view.assignee, 'cy')
  })

  it('what was done is told in order, each entry beginning where the last ended', async (given) => {
    const { desk, tenantId, task, act } = given
    const id = await task()
    await act(id, CLAIM)
    await act(id, to('blocked'), 'ann', 'The sender is asked')
    await act(id, { kind: 'comment' }, 'ben', 'They have answered')
    await act(id, to('in_progress'))
    await act(id, to('completed'), 'ann', 'All there')

    const told = await desk.entries(tenantId, id)
    assert.deepEqual(
      told.map(({ seq, event, from, to: next, actor, reason }) => [seq, event, from, next, actor, reason]),
      [
        [1, 'opened', null, 'new', 'ann', null],
        [2, 'claimed', 'new', 'in_progress', 'ann', null],
        [3, 'moved', 'in_progress', 'blocked', 'ann', 'The sender is asked'],
        [4, 'commented', 'blocked', 'blocked', 'ben', 'They have answered'],
        [5, 'moved', 'blocked', 'in_progress', 'ann', null],
        [6, 'settled', 'in_progress', 'completed', 'ann', 'All there'],
      ],
    )
  })

  it('what is refused changes nothing and is not told', async ({ desk, tenantId, task, act }) => {
    const id = await task()

    const refused = await act(id, to('completed'))

    assert.deepEqual(refused.kind === 'refused' && refused.refusal, {
      code: 'invalid_transition',
      what: 'task',
      from: 'new',
      to: 'completed',
      allowed: ['in_progress', 'blocked', 'cancelled'],
    })
    assert.equal((await desk.entries(tenantId, id)).length, 1)
    assert.deepEqual(await act(newId(), CLAIM), { kind: 'unknown' })
    assert.deepEqual(await act('no-id', CLAIM), { kind: 'unknown' })
  })

  it('of two who complete a task at once one has', async ({ desk, tenantId, task, act }) => {
    const id = await task()
    await act(id, to('in_progress'))

    const ends = await Promise.all([act(id, to('completed')), act(id, to('cancelled'), 'ben')])

    assert.deepEqual(ends.map(({ kind }) => kind).toSorted(), ['changed', 'refused'])
    assert.equal((await desk.entries(tenantId, id)).filter(({ event }) => event === 'settled').length, 1)
  })

  it('a plan goes from draft to active to archived, and counts its tasks', async (given) => {
    const { desk, tenantId, task, act, plan, movePlan } = given
    const planId = await plan()
    const [done] = [await task({ planId }), await task({ planId }), await task()]
    await act(done, to('in_progress'))
    await act(done, to('completed'))

    const active = await movePlan(planId, 'active')
    const again = await movePlan(planId, 'active')
    const early = await movePlan(planId, 'archived')

    assert.deepEqual(active.kind === 'changed' && [active.view.state, active.view.tasks], [
      'active',
      { completed: 1, new: 1 },
    ])
    assert.deepEqual(again.kind === 'refused' && again.refusal, {
      code: 'invalid_transition',
      what: 'plan',
      from: 'active',
      to: 'active',
      allowed: ['archived'],
    })
    assert.equal(early.kind === 'refused' && early.refusal.code, 'open_tasks')
    assert.equal((await desk.plan(tenantId, planId))?.state, 'active')
  })

  it('a plan that ends with its open tasks cancels those and no others', async (given) => {
    const { desk, tenantId, task, plan, movePlan } = given
    const planId = await plan()
    const [inside, bystander] = [await task({ planId }), await task()]
    await movePlan(planId, 'active')

    const archived = await movePlan(planId, 'archived', true)

    assert.deepEqual(archived.kind === 'changed' && [archived.view.state, archived.view.tasks], [
      'archived',
      { cancelled: 1 },
    ])
    const states = async (id: string) => (await desk.entries(tenantId, id)).map((entry) => entry.to)
    assert.deepEqual(await states(inside), ['new', 'cancelled'])
    assert.deepEqual(await states(bystander), ['new'])
    assert.deepEqual(await states(planId), ['draft', 'active', 'archived'])
  })

  it('plans are listed newest first by what is asked for', async ({ desk, tenantId, plan, movePlan }) => {
    const [first, second] = [await plan(), await plan()]
    await movePlan(first, 'active')
    const ids = async (filter: Parameters<TaskDesk['plans']>[1]) =>
      (await desk.plans(tenantId, filter, { limit: 10 })).items.map(({ id }) => id)

    assert.deepEqual(await ids({}), [second, first])
    assert.deepEqual(await ids({ state: ['active'] }), [first])
    assert.deepEqual(await ids({ serviceArea: 'elsewhere' }), [])
    assert.equal(await desk.plan(tenantId, newId()), undefined)
  })
}

const CLAIM = { kind: 'claim', leaseMs: HOUR, takesOver: false } as const
const to = (state: TaskState): TaskAct => ({ kind: 'transition', to: state })

const newTask = (about: Partial<NewTask> = {}): NewTask => ({
  id: newId(),
  type: 'assessment',
  title: 'Assess the vendor',
  description: null,
  serviceArea: null,
  priority: 0.5,
  evidence: {},
  dueAt: null,
  assignee: null,
  group: null,
  jobId: null,
  planId: null,
  createdBy: 'ann',
  ...about,
})

type Hands = ReturnType<typeof handsOn>

const handsOn = ({ desk, tenantId }: Pick<TaskDeskUnderTest, 'desk' | 'tenantId'>) => ({
  task: async (about: Partial<NewTask> = {}): Promise<string> => {
    const task = newTask(about)
    assert.equal((await desk.openTask(tenantId, task)).kind, 'opened')
    return task.id
  },
  act: (id: string, act: TaskAct, actor = 'ann', reason: string | null = null) =>
    desk.editTask(tenantId, id, (task, now) => changeTask(task, { ...act, actor, reason }, now)),
  plan: async (): Promise<string> => {
    const id = newId()
    const about = { title: 'Bring in the vendor', description: null, serviceArea: null, createdBy: 'ann' }
    await desk.openPlan(tenantId, { id, ...about })
    return id
  },
  movePlan: (id: string, state: 'active' | 'archived', cancelsTasks = false) =>
    desk.editPlan(tenantId, id, (plan, now) =>
      changePlan(plan, { to: state, cancelsTasks, actor: 'ann', reason: null }, now),
    ),
})
