import { DataError } from '@stageline/domain'
import type { TakenTriggerRun, TriggerQueue } from '@stageline/engine/ports'
import { MemoryTaskDesk } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runTriggers } from './run-triggers.ts'

test('runs are counted by event and outcome, and each ends as it went', async () => {
  const given = setup([undefined, new DataError('trigger.input', 'No such field'), new Error('Postgres is away')])

  const round = await given.runOnce()

  assert.deepEqual([round, given.ended, given.givenBack], [{ done: 3, more: false }, ['done', 'failed'], [2_000]])
  assert.deepEqual(
    given.counted,
    ['done', 'failed', 'retried'].map((outcome) => ['events_processed', 1, { event: 'task.settled', outcome }]),
  )
})

const NOTHING = { reason: null, data: null, code: null, message: null, jobId: null, workflow: null, step: null }
const ENTRY = {
  ...NOTHING,
  subject: 'task',
  subjectId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  seq: 3,
  at: '2026-11-20T12:00:00.000Z',
  event: 'settled',
  from: 'in_progress',
  to: 'completed',
  actor: 'ann',
  stage: null,
  businessKey: null,
  planId: null,
  taskType: 'intake',
  cause: null,
  title: 'T',
  serviceArea: null,
  priority: 0.5,
  traceparent: null,
  correlationId: null,
} as const

/** A run for each outcome: its alert is raised, or is not for this reason. */
function setup(outcomes: readonly (Error | undefined)[]) {
  const [counted, ended, givenBack] = [[] as unknown[], [] as string[], [] as number[]]
  const waiting = outcomes.map((_, at): TakenTriggerRun => {
    const about = { tenantId: 't', key: 'mine', id: String(at), version: 1, depth: 0, made: [], tries: 1 }
    return { ...about, entry: ENTRY, actions: [{ kind: 'emit_alert', title: 'T', level: 'info' }] }
  })
  const queue: TriggerQueue = {
    read: async () => ({ read: 0, fired: 0 }),
    take: async () => waiting.shift(),
    note: async () => {},
    raise: async ({ id }) => {
      const error = outcomes[Number(id)]
      if (error) throw error
    },
    end: async (_run, state) => void ended.push(state),
    giveBack: async (_run, afterMs) => void givenBack.push(afterMs),
    forget: async () => 0,
  }
  const desk = new MemoryTaskDesk({ tasks: new Map(), now: () => new Date(ENTRY.at), hasJob: () => true })
  const observer = { trouble: () => {}, count: (...what: unknown[]) => void counted.push(what) }
  const deliveries = { note: () => Promise.reject(new Error('Nothing is sent')) }
  const parts = { queue, desk, submit: async () => [], deliveries, observer }
  return { counted, ended, givenBack, runOnce: runTriggers(parts) }
}
