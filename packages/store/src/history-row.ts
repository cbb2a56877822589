import type { HistoryEntry } from '@stageline/domain'

export const HISTORY_COLUMNS = `h.seq, h.at, h.event, h.step, h.stage, h.attempt, h.path, h.times, h.job_from, h.job_to, h.actor, h.reason,
  h.failure, h.data`

export type HistoryRow = Omit<HistoryEntry, 'jobFrom' | 'jobTo'> & {
  job_from: HistoryEntry['jobFrom']
  job_to: HistoryEntry['jobTo']
}

export const entryFrom = (row: HistoryRow): HistoryEntry => ({
  seq: row.seq,
  at: row.at,
  event: row.event,
  step: row.step,
  stage: row.stage,
  attempt: row.attempt,
  path: row.path,
  times: row.times,
  jobFrom: row.job_from,
  jobTo: row.job_to,
  actor: row.actor,
  reason: row.reason,
  failure: row.failure,
  data: row.data,
})
