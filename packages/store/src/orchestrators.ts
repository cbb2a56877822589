import type { Database } from './database.ts'

/** An orchestrator says every two seconds that it lives; after this silence it is taken for gone. */
const SILENT = '15 s'

const NOTE = {
  name: 'note-orchestrator',
  text: `WITH gone AS (DELETE FROM orchestrators WHERE seen_at < stageline_now() - interval '1 hour' AND instance <> $1)
  INSERT INTO orchestrators (instance, seen_at) VALUES ($1, stageline_now())
  ON CONFLICT (instance) DO UPDATE SET seen_at = excluded.seen_at`,
}
const ANY = `SELECT count(*) > 0 AS alive FROM orchestrators WHERE seen_at > stageline_now() - interval '${SILENT}'`

export const noteOrchestrator = async (db: Database, instance: string): Promise<void> => {
  await db.anonymous(NOTE, [instance])
}

/** Whether anybody does the work of time: without it nothing is retried, repaired or swept. */
export async function isOrchestratorAlive(db: Database): Promise<boolean> {
  const [row] = await db.anonymous<{ alive: boolean }>({ text: ANY })
  return row?.alive === true
}
