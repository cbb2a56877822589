import { isId } from '@stageline/domain'
import type { BlobStore, JobStore } from '@stageline/engine/ports'
import { placeOf, unpackLines, type Frame } from './archive-file.ts'
import type { Database } from './database.ts'
import { loadArchivedStep } from './queries/load-steps.ts'

/** A job that has left: everything of it as one line of JSON. */
export type ArchivedJob = { line: string; archivedAt: string }

/** Finds jobs that have left the record, for one tenant. */
export type ArchiveReader = { find(tenantId: string, jobId: string): Promise<ArchivedJob | undefined> }

const FIND = {
  name: 'find-archived',
  text: `SELECT blob_key AS key, frames, array_position(jobs, $2) AS place, created_at AS "archivedAt" FROM archives
    WHERE tenant_id = $1 AND first_job <= $2 AND last_job >= $2 AND $2 = ANY (jobs) LIMIT 1`,
}
type Found = { key: string; frames: Frame[]; place: number; archivedAt: string }

/** Reads of a file no more than the part that has the job. */
export function createArchiveReader(db: Database, blobs: Pick<BlobStore, 'readPart'>): ArchiveReader {
  return {
    async find(tenantId, jobId) {
      const [found] = isId(jobId) ? await db.query<Found>(tenantId, FIND, [tenantId, jobId]) : []
      if (!found) return undefined
      const { line, ...part } = placeOf(found.frames, found.place - 1)
      const lines = await unpackLines(await blobs.readPart(found, part))
      return { line: lines[line]!, archivedAt: found.archivedAt }
    },
  }
}

/** The store, that also finds the steps of jobs which have left: they are taken over by jobs that replay them. */
export function loadingArchived(store: JobStore, db: Database, archive: ArchiveReader): JobStore {
  return {
    ...store,
    load: async (refs) => {
      const loaded = await store.load(refs)
      return Promise.all(
        refs.map(async (ref, i) => {
          if (loaded[i]) return loaded[i]
          const archived = await archive.find(ref.tenantId, ref.jobId)
          return (
            archived &&
            loadArchivedStep((statement, values) => db.query(ref.tenantId, statement, values), ref, archived.line)
          )
        }),
      )
    },
  }
}
