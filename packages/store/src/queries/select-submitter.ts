import { isId } from '@stageline/domain'
import type { Database } from '../database.ts'

const SELECT = { name: 'select-submitter', text: 'SELECT actor FROM jobs WHERE tenant_id = $1 AND id = $2' }

export async function selectSubmitter(db: Database, tenantId: string, jobId: string): Promise<string | undefined> {
  if (!isId(jobId)) return undefined
  return (await db.query<{ actor: string }>(tenantId, SELECT, [tenantId, jobId]))[0]?.actor
}
