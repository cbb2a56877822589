import type { NewAlert, TakenTriggerRun, TriggerFailure, TriggerMade, TriggerRunState } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

const TAKE = {
  name: 'take-trigger-run',
  steady: true,
  text: `UPDATE trigger_runs r SET tries = r.tries + 1, try_at = (SELECT stageline_now()) + $1 * interval '1 ms'
    WHERE (r.tenant_id, r.trigger_key, r.subject_id, r.seq) = (
      SELECT tenant_id, trigger_key, subject_id, seq FROM trigger_runs
      WHERE state = 'waiting' AND try_at <= (SELECT stageline_now()) ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING r.tenant_id AS "tenantId", r.trigger_key AS key, r.id, r.version, r.entry, r.actions, r.depth, r.made, r.tries`,
}

export const takeTriggerRun = async (query: Query, leaseMs: number): Promise<TakenTriggerRun | undefined> =>
  (await query<TakenTriggerRun>(TAKE, [leaseMs]))[0]

const THIS = `tenant_id = $1 AND trigger_key = $2 AND subject_id = $3 AND seq = $4 AND state = 'waiting'`
const whose = ({ tenantId, key, entry }: TakenTriggerRun): unknown[] => [tenantId, key, entry.subjectId, entry.seq]

/** What is noted grows; who comes late with less changes nothing. */
const NOTED = `UPDATE trigger_runs SET made = $5::jsonb WHERE ${THIS} AND jsonb_array_length(made) < jsonb_array_length($5::jsonb)`
const NOTE = { name: 'note-trigger-run', text: NOTED }

export async function noteTriggerRun(query: Query, run: TakenTriggerRun, made: readonly TriggerMade[]): Promise<void> {
  await query(NOTE, [...whose(run), JSON.stringify(made)])
}

const RAISE = {
  name: 'raise-alert',
  text: `WITH noted AS (${NOTED} RETURNING 1)
    INSERT INTO alerts AS a (tenant_id, id, same_as, level, title, detail, raised_by, subject, subject_id)
    SELECT $1, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::text, $12::text, $3 FROM noted
    ON CONFLICT (tenant_id, same_as) WHERE acknowledged_at IS NULL DO UPDATE SET count = a.count + 1,
      last_at = (SELECT stageline_now()), level = excluded.level, title = excluded.title, detail = excluded.detail,
      subject = excluded.subject, subject_id = excluded.subject_id`,
}

export async function raiseAlert(
  query: Query,
  run: TakenTriggerRun,
  made: readonly TriggerMade[],
  alert: NewAlert,
): Promise<void> {
  const { id, sameAs, level, title, detail, raisedBy } = alert
  const about = [id, sameAs, level, title, detail, raisedBy, run.entry.subject]
  await query(RAISE, [...whose(run), JSON.stringify(made), ...about])
}

const END = {
  name: 'end-trigger-run',
  text: `UPDATE trigger_runs SET state = $5, error = $6::jsonb, finished_at = (SELECT stageline_now()) WHERE ${THIS}`,
}

export async function endTriggerRun(
  query: Query,
  run: TakenTriggerRun,
  state: Exclude<TriggerRunState, 'waiting'>,
  error: TriggerFailure | null,
): Promise<void> {
  await query(END, [...whose(run), state, error && JSON.stringify(error)])
}

const GIVE_BACK = {
  name: 'give-back-trigger-run',
  text: `UPDATE trigger_runs SET try_at = (SELECT stageline_now()) + $5 * interval '1 ms', error = $6::jsonb WHERE ${THIS}`,
}

export async function giveBackTriggerRun(
  query: Query,
  run: TakenTriggerRun,
  afterMs: number,
  error: TriggerFailure,
): Promise<void> {
  await query(GIVE_BACK, [...whose(run), afterMs, JSON.stringify(error)])
}

const FORGET = {
  text: `WITH old AS (
      SELECT tenant_id, trigger_key, subject_id, seq FROM trigger_runs
      WHERE finished_at < (SELECT stageline_now()) - interval '30 days' ORDER BY finished_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM trigger_runs r USING old o WHERE r.tenant_id = o.tenant_id AND r.trigger_key = o.trigger_key
        AND r.subject_id = o.subject_id AND r.seq = o.seq RETURNING 1
    ) SELECT count(*) AS gone FROM gone`,
}

export async function forgetTriggerRuns(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ gone: number }>(FORGET, [limit])
  return row?.gone ?? 0
}
