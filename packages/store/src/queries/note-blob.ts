import type { BlobRef } from '@stageline/domain'
import type { Database } from '../database.ts'

const NOTE = {
  name: 'note-blob',
  text: `INSERT INTO blobs (tenant_id, key, sha256, bytes, media_type, file_name) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant_id, key) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, media_type = excluded.media_type,
      file_name = excluded.file_name`,
}

export async function noteBlob(
  db: Database,
  tenantId: string,
  { key, sha256, bytes, mediaType, fileName }: BlobRef,
): Promise<void> {
  await db.query(tenantId, NOTE, [tenantId, key, sha256, bytes, mediaType, fileName ?? null])
}

export async function forgetBlob(db: Database, tenantId: string, key: string): Promise<void> {
  await db.query(tenantId, { text: 'DELETE FROM blobs WHERE tenant_id = $1 AND key = $2' }, [tenantId, key])
}
