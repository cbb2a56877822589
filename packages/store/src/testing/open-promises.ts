import { newId, type SlaSettings } from '@stageline/domain'
import assert from 'node:assert/strict'
import { createMaintenance } from '../maintenance.ts'
import { PROMISES_COUNT_AFTER_MS } from '../promised-scopes.ts'
import { createSlaBook } from '../sla-book.ts'
import { openRecord } from './open-record.ts'

export const MINUTE = 60_000
export const PLAIN: SlaSettings = {
  subject: 'job',
  taskType: null,
  serviceArea: null,
  workflow: null,
  stage: null,
  limitMs: 10 * MINUTE,
  atRiskShare: 0.8,
  pausesWhileBlocked: false,
  pausesWhileWaiting: false,
  pausesWhileSuspended: false,
  escalatePriority: null,
  escalateGroup: null,
  active: true,
}

/** A record with promises of ten minutes, that count already. */
export async function openPromises(...promises: Partial<SlaSettings>[]) {
  const record = await openRecord()
  const book = createSlaBook(record.gateway)
  for (const about of promises) {
    const settings = { ...PLAIN, ...about }
    assert.notEqual(await book.addConfig(record.tenantId, { id: newId(), actor: 'ann', settings }), 'exists')
  }
  const pass = (ms: number) => record.shiftClock(ms)
  await pass(PROMISES_COUNT_AFTER_MS + 1_000)
  const list = async (filter: Parameters<typeof book.records>[1]) =>
    (await book.records(record.tenantId, filter, { limit: 50 })).items
  return {
    record,
    book,
    pass,
    list,
    now: () => record.workerStore.now(),
    clocksOf: async (jobId: string) => (await list({})).filter((one) => one.jobId === jobId),
    read: async (jobId: string) => (await record.workerStore.read([{ tenantId: record.tenantId, jobId }]))[0],
    history: async (jobId: string) => (await record.reader.history(record.tenantId, jobId)) ?? [],
    breachDue: () => createMaintenance(record.worker).breachDue(10),
    [Symbol.asyncDispose]: () => record[Symbol.asyncDispose](),
  }
}
