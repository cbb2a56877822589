import { newId } from '@stageline/domain'
import type { Archiver, BlobStore, LeavingJob } from '@stageline/engine/ports'
import { ARCHIVE_FORMAT, ARCHIVE_MEDIA_TYPE, intoFrames, packLines, type Frame } from './archive-file.ts'
import type { Database } from './database.ts'
import { lineOfJob } from './queries/archived-rows.ts'
import { chooseLeaving } from './queries/choose-leaving.ts'
import { endRetentionTurn, takeRetentionTurn } from './queries/retention-turns.ts'
import { weighFinished } from './queries/weigh-finished.ts'

const LINES = {
  name: 'lines-of-jobs',
  text: `SELECT ${lineOfJob(ARCHIVE_FORMAT)} AS line FROM jobs j WHERE j.tenant_id = $1 AND j.id = ANY ($2::uuid[]) ORDER BY j.id`,
}

const ARCHIVE = { name: 'archive-jobs', text: 'SELECT archive_jobs($1, $2, $3, $4, $5, $6) AS done' }

/** Those of the last days: what was left before is a few kilobytes, and looking for it would grow with the archives. */
const ORPHANS = {
  name: 'orphans-of-archives',
  text: `SELECT b.key FROM blobs b WHERE b.media_type = '${ARCHIVE_MEDIA_TYPE}'
      AND b.created_at BETWEEN stageline_now() - interval '7 days' AND stageline_now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM archives a WHERE a.tenant_id = b.tenant_id AND a.blob_key = b.key) LIMIT $1`,
}

const EMPTY_MONTHS = { text: 'SELECT drop_empty_history_partitions() AS gone' }

/** Takes finished jobs out of the record, by a worker. Any number of processes may do it at once. */
export function createArchiver(db: Database, blobs: BlobStore): Archiver {
  return {
    takeTurn: (forMs) => takeRetentionTurn(db.anonymous, forMs),
    endTurn: (turn, afterMs) => endRetentionTurn(db.anonymous, turn, afterMs),
    weigh: (tenantId, withBytes) => weighFinished(db.anonymous, tenantId, withBytes),
    choose: (turn, choice) => chooseLeaving(db.anonymous, turn, choice),
    archive: (tenantId, jobs) => archive(db, blobs, tenantId, jobs),
    clearOrphans: async (limit) => {
      const orphans = await db.anonymous<{ key: string }>(ORPHANS, [limit])
      for (const { key } of orphans) await blobs.remove(key)
      return orphans.length
    },
    dropEmptyMonths: async () => (await db.anonymous<{ gone: number }>(EMPTY_MONTHS))[0]?.gone ?? 0,
  }
}

/** One of the jobs is not there any more: somebody else takes them. */
class JobsGone extends Error {}

/**
 * The file is whole and on disk before the rows go. What is left of one that no commit came to name is an orphan; the row
 * of `archives` refers to that of the file, so that neither can miss the other.
 */
async function archive(
  db: Database,
  blobs: BlobStore,
  tenantId: string,
  jobs: readonly LeavingJob[],
): Promise<boolean> {
  const frames: Frame[] = []
  let rawBytes = 0
  const content = async function* () {
    for (const some of intoFrames(jobs)) {
      const lines = await linesOf(db, tenantId, some)
      const frame = await packLines(lines)
      frames.push({ jobs: lines.length, bytes: frame.length })
      rawBytes += lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
      yield frame
    }
  }
  const about = { tenantId, mediaType: ARCHIVE_MEDIA_TYPE, fileName: fileNameOf(jobs) }
  const file = await blobs
    .write(content(), { ...about, maxBytes: Number.MAX_SAFE_INTEGER })
    .catch((error: unknown) => (error instanceof JobsGone ? undefined : Promise.reject(error as Error)))
  if (!file) return false
  const ids = jobs.map(({ id }) => id)
  const values = [tenantId, newId(), file.key, ids, JSON.stringify(frames), rawBytes]
  const [row] = await db.anonymous<{ done: boolean }>(ARCHIVE, values)
  if (!row?.done) await blobs.remove(file.key)
  return row?.done === true
}

const fileNameOf = (jobs: readonly LeavingJob[]): string => `jobs-${jobs[0]!.id}-${jobs.length}.ndjson.zst`

async function linesOf(db: Database, tenantId: string, jobs: readonly LeavingJob[]): Promise<string[]> {
  const rows = await db.anonymous<{ line: string }>(LINES, [tenantId, jobs.map(({ id }) => id)])
  if (rows.length < jobs.length) throw new JobsGone('Another takes them')
  return rows.map(({ line }) => line)
}
