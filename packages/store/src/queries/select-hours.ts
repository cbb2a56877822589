import type { HourCount } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

const HOURS = {
  name: 'select-hours',
  text: `SELECT hour, workflow, state, class, jobs AS count, total_ms AS "totalMs" FROM hourly_outcomes
    WHERE tenant_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour, workflow, state, class`,
}

export const selectHours = (db: Database, tenantId: string, from: Date, to: Date): Promise<HourCount[]> =>
  db.query<HourCount>(tenantId, HOURS, [tenantId, from, to])

const DAY = {
  name: 'select-day',
  text: `SELECT d.day::text AS date, z.zone AS "timeZone", d.day::timestamp AT TIME ZONE z.zone AS "from",
      (d.day + 1)::timestamp AT TIME ZONE z.zone AS "to"
    FROM (SELECT coalesce((SELECT time_zone FROM tenant_settings WHERE tenant_id = $1), 'UTC') AS zone) z
    CROSS JOIN LATERAL (SELECT coalesce($2::date, (stageline_now() AT TIME ZONE z.zone)::date) AS day) d`,
}
type Day = { date: string; timeZone: string; from: string; to: string }

export async function selectDay(db: Database, tenantId: string, date: string | null): Promise<Day> {
  const [day] = await db.query<Day>(tenantId, DAY, [tenantId, date])
  return day!
}
