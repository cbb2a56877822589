import { isId } from '@stageline/domain'
import type { DeskEntry, NewEntry } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { json } from './write-columns.ts'

export type EntryToTell = NewEntry & {
  tenantId: string
  subject: 'task' | 'plan'
  subjectId: string
  seq: number
  from: string | null
  to: string
}

const INSERT = {
  name: 'insert-desk-entry',
  text: `INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor, reason, data)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
}

export async function insertEntry(query: Query, entry: EntryToTell): Promise<void> {
  const { tenantId, subject, subjectId, seq, event, from, to, actor, reason, data } = entry
  const told = data === undefined ? null : json(data)
  await query(INSERT, [tenantId, subject, subjectId, seq, event, from, to, actor, reason, told])
}

const SELECT = {
  name: 'select-desk-entries',
  text: `SELECT seq, at, event, from_state AS "from", to_state AS "to", actor, reason, data FROM desk_history
    WHERE tenant_id = $1 AND subject_id = $2 ORDER BY seq`,
}

export async function selectEntries(db: Database, tenantId: string, subjectId: string): Promise<DeskEntry[]> {
  return isId(subjectId) ? db.query<DeskEntry>(tenantId, SELECT, [tenantId, subjectId]) : []
}
