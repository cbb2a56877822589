import { changeTask, type TaskAct } from '@stageline/engine'
import type { TaskView } from '@stageline/engine/ports'
import { MemoryTaskDesk } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countTransitions } from './count-transitions.ts'

test('what moved, and what its state forbade, is counted; a comment is neither', async () => {
  const now = new Date('2026-11-20T12:00:00Z')
  const tasks = new Map<string, TaskView>()
  const counted: unknown[] = []
  const observer = { count: (...what: unknown[]) => void counted.push(what) }
  const memory = new MemoryTaskDesk({ tasks, now: () => now, hasJob: () => true })
  const desk = countTransitions(memory, observer)
  const task = {
    id: 't',
    type: 'intake',
    title: 'T',
    description: null,
    serviceArea: null,
    priority: 0.5,
    evidence: {},
  }
  const whose = { dueAt: null, assignee: null, group: null, jobId: null, planId: null, createdBy: 'ann' }
  await memory.openTask('x', { ...task, ...whose })
  const act = (what: TaskAct) =>
    desk.editTask('x', 't', (view) => changeTask(view, { ...what, actor: 'ann', reason: 'Because' }, now))

  await act({ kind: 'transition', to: 'completed' })
  await act({ kind: 'comment' })
  await act({ kind: 'transition', to: 'in_progress' })

  assert.deepEqual(counted, [
    ['transitions', 1, { entity: 'task', outcome: 'rejected' }],
    ['transitions', 1, { entity: 'task', outcome: 'success' }],
  ])
})
