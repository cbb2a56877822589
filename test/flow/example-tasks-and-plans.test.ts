import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { post, query } from './line.ts'
import { runExample } from './run-example.ts'

it('the example of tasks and plans: ways and refusals, a plan, a promise kept and one broken', async () => {
  await using line = await startLine({ stages: [] })

  const said = await runExample('tasks-and-plans/by-http.ts', [], line)

  const [, ways, planned, moved, followed, late, ended, figures] = said.split('\n== ')
  assert.match(ways!, /^new → .*in_progress[^]*completed → nothing$/m)
  assert.match(
    planned!,
    /is new; its clock is running, until 20[^]*plan \S+ is active, with tasks \{ new: 1 \}\nalert \(\w+\) by trigger:plan-activated: /,
  )
  assert.equal(moved!.match(/refused: 409 invalid_transition: /g)?.length, 2)
  assert.match(moved!, /opened: – → new by test\n[^]*in_progress → blocked by test \(A page[^]*its clock is met\n/)
  assert.match(followed!, /^A completed[^\n]*\nassessment is new, priority high, made by trigger:intake-completed\n/)
  assert.match(late!, /promised: 201\ntask \S+ is new and late: priority high, group leads\n/)
  assert.match(ended!, /is archived, with tasks \{[^}]*cancelled: 2[^]*refused: 409 invalid_transition/)
  assert.match(figures!, /taskType: 'callback',[^]*breached: 1/)
})

it('an intake task that is left alone for an hour is late, and stays to be done', async () => {
  await using line = await startLine({ stages: [] })
  const answer = await line.call('/v1/tasks', post({ type: 'intake', title: 'Read the form' }))
  const { id } = (await answer.json()) as { id: string }
  const stateOfClock = async () =>
    (await line.json<{ items: { taskId: string; state: string }[] }>('/v1/sla-records')).items.find(
      ({ taskId }) => taskId === id,
    )?.state

  await query(line, `UPDATE clock_offset SET shift = shift + interval '59 minutes'`)
  const before = await stateOfClock()
  await query(line, `UPDATE clock_offset SET shift = shift + interval '2 minutes'`)
  await waitFor(async () => (await stateOfClock()) === 'breached', { timeoutMs: 10_000, message: 'the breach' })

  assert.equal(before, 'running')
  assert.equal((await line.json<{ state: string }>(`/v1/tasks/${id}`)).state, 'new')
})
