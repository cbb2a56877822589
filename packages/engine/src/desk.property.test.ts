import { canPlanGo, canTaskGo, isOpenTask, newId, PLAN_STATES, TASK_STATES } from '@stageline/domain'
import type { PlanState, TaskState } from '@stageline/domain'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changePlan } from './change-plan.ts'
import { changeTask, type TaskAct } from './change-task.ts'
import type { DeskEntry } from './ports/index.ts'
import { MemoryTaskDesk, UNTOUCHED } from './testing/index.ts'

/** Whatever people call, in whatever order: every state was reached by an edge, and every task is still there. */

const PEOPLE = ['ann', 'ben', 'cy'] as const
const START = Date.parse('2026-01-01T00:00:00.000Z')

const Act: fc.Arbitrary<TaskAct> = fc.oneof(
  fc.record({ kind: fc.constant('claim'), leaseMs: fc.constantFrom(1_000, 60_000), takesOver: fc.boolean() }),
  fc.constant({ kind: 'release' } as const),
  fc.record({ kind: fc.constant('transition'), to: fc.constantFrom(...TASK_STATES) }),
  fc.record({ kind: fc.constant('assign'), assignee: fc.constantFrom(...PEOPLE, null) }),
  fc.record({ kind: fc.constant('assign'), group: fc.constantFrom('buyers', null) }),
  fc.record({ kind: fc.constant('snooze'), until: fc.constantFrom(new Date(START + 90_000), null) }),
  fc.constant({ kind: 'comment' } as const),
) as fc.Arbitrary<TaskAct>

const Call = fc.record({
  what: fc.constantFrom(...(['open', 'act', 'act', 'act', 'act', 'plan', 'step'] as const)),
  act: Act,
  which: fc.nat(5),
  to: fc.constantFrom('active', 'archived'),
  cancelsTasks: fc.boolean(),
  actor: fc.constantFrom(...PEOPLE),
  reason: fc.constantFrom('r', null),
  passMs: fc.constantFrom(0, 0, 500, 30_000),
})

test('no sequence of calls reaches an illegal state or loses a task', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Call, { minLength: 1, maxLength: 40 }), async (calls) => {
      let nowMs = START
      const desk = new MemoryTaskDesk({ now: () => new Date(nowMs) })
      const planId = newId()
      const named = { title: 'P', description: null, serviceArea: null, createdBy: 'ann' }
      await desk.openPlan('t', { id: planId, ...named })
      const opened: string[] = []
      for (const { what, act, which, to, cancelsTasks, actor, reason, passMs } of calls) {
        nowMs += passMs
        const id = opened[which % Math.max(opened.length, 1)] ?? newId()
        if (what === 'open') {
          const whose = { assignee: null, group: null, jobId: null, planId, createdBy: actor, dueAt: null }
          const task = { id: newId(), type: 'intake', title: 'T', description: null, serviceArea: null, ...whose }
          const { kind } = await desk.openTask('t', { ...task, priority: 0.5, evidence: {} })
          const { state } = (await desk.plan('t', planId))!
          assert.equal(kind, state === 'archived' ? 'archived_plan' : 'opened')
          if (kind === 'opened') opened.push(task.id)
        } else if (what === 'step') {
          const task = stepTask()
          desk.tasks.set(task.id, task)
          opened.push(task.id)
        } else if (what === 'plan') {
          await desk.editPlan('t', planId, (plan, now) => changePlan(plan, { to, cancelsTasks, actor, reason }, now))
        } else {
          await desk.editTask('t', id, (task, now) => changeTask(task, { ...act, actor, reason }, now))
        }
      }
      for (const id of opened) checkTask(desk, id, await desk.entries('t', id))
      const plan = (await desk.plan('t', planId))!
      checkChain(await desk.entries('t', planId), plan.state, (from, to) => canPlanGo(asPlan(from), asPlan(to)))
      const isSettled = [...desk.tasks.values()].every((task) => task.planId !== planId || !isOpenTask(task.state))
      assert.ok(plan.state !== 'archived' || isSettled, 'an archived plan leaves no open task behind')
    }),
    { numRuns: 300 },
  )
})

function checkTask(desk: MemoryTaskDesk, id: string, entries: readonly DeskEntry[]): void {
  const task = desk.tasks.get(id)
  assert.ok(task, 'no task is lost')
  checkChain(entries, task.state, (from, to) => canTaskGo(asTask(from), asTask(to)))
  assert.equal(task.completedAt !== null, !isOpenTask(task.state))
  assert.ok(task.leaseUntil === null || (task.assignee !== null && task.state === 'in_progress'))
  assert.equal(task.blockedReason !== null, task.state === 'blocked')
  assert.ok(task.step === null || isOpenTask(task.state), 'what a step waits for ends by a verdict only')
}

/** Numbered without a gap, each beginning where the one before ended, the last where it stands. */
function checkChain(entries: readonly DeskEntry[], state: string, canGo: (from: string, to: string) => boolean): void {
  let before: string | null = null
  for (const [i, { seq, from, to }] of entries.entries()) {
    assert.equal(seq, i + 1)
    if (i > 0) assert.equal(from, before)
    if (from !== null && from !== to) assert.ok(canGo(from, to), `${from} > ${to}`)
    before = to
  }
  assert.equal(before ?? 'new', state)
}

const asTask = (state: string): TaskState => TASK_STATES.find((one) => one === state)!
const asPlan = (state: string): PlanState => PLAN_STATES.find((one) => one === state)!

const stepTask = () => ({
  ...UNTOUCHED,
  id: newId(),
  jobId: newId(),
  workflow: 'w',
  step: 's',
  type: 'review',
  cause: 'policy',
  title: 'T',
  priority: 0.5,
  evidence: {},
  createdBy: 'stageline',
  createdAt: new Date(START).toISOString(),
})
