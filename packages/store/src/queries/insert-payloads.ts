import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

export type Payload = { tenantId: string; jobId: string; seq: number; body: unknown }

const INSERT = {
  name: 'insert-payloads',
  text: `INSERT INTO payloads (tenant_id, job_id, seq, body) SELECT * FROM unnest(${parameters(1, 'uuid uuid integer jsonb'.split(' '))})`,
}

export async function insertPayloads(query: Query, payloads: readonly Payload[]): Promise<void> {
  if (payloads.length === 0) return
  await query(INSERT, [
    payloads.map(({ tenantId }) => tenantId),
    payloads.map(({ jobId }) => jobId),
    payloads.map(({ seq }) => seq),
    payloads.map(({ body }) => JSON.stringify(body ?? null)),
  ])
}
