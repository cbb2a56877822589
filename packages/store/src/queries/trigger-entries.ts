import type { Belonging, TriggerStream } from '@stageline/engine/ports'
import { correlationOf } from './correlation-of.ts'

/** Times as they are written everywhere else: JSON would show them in another way. */
const time = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const small = (column: string): string => `CASE WHEN pg_column_size(${column}) <= 4096 THEN ${column} END`
/** How many triggers stand before what a trigger made; anybody may have written something else there. */
const depth = (text: string): string => `CASE WHEN ${text} ~ '^\\d{1,3}$' THEN (${text})::integer ELSE 0 END`

const depthOfJob = `coalesce((SELECT max(substring(tag FROM '^trigger:(\\d{1,3})$')::integer)
  FROM unnest(j.tags) AS tag WHERE j.origin = 'trigger'), 0)`

const JOBS = {
  columns: `h.tenant_id AS "tenantId", h.xid::text AS xid, h.job_id AS "subjectId", h.seq, ${depthOfJob} AS depth,
    jsonb_build_object('subject', 'job', 'subjectId', h.job_id, 'seq', h.seq, 'at', ${time('h.at')}, 'event', h.event,
      'from', h.job_from, 'to', h.job_to, 'actor', h.actor, 'reason', h.reason, 'data', ${small('h.data')},
      'code', h.failure ->> 'code', 'message', left(h.failure ->> 'message', 1000), 'jobId', h.job_id,
      'workflow', j.workflow, 'step', h.step, 'stage', h.stage, 'businessKey', j.business_key, 'planId', NULL,
      'taskType', NULL, 'cause', NULL, 'title', NULL, 'serviceArea', NULL, 'priority', j.priority,
      'traceparent', j.trace, 'correlationId', ${correlationOf('h.tenant_id', 'h.job_id')}) AS entry`,
  from: 'history h JOIN jobs j ON j.tenant_id = h.tenant_id AND j.id = h.job_id',
  name: `'job.' || h.event`,
  table: 'history h',
  place: 'h.xid, h.job_id, h.seq',
}

/** A person who does something begins anew, whatever made the task. */
const depthOfDesk = `CASE
    WHEN h.data ? 'trigger' THEN ${depth(`(h.data -> 'trigger' ->> 'depth')`)}
    WHEN h.actor = 'stageline' OR h.actor LIKE 'trigger:%'
      THEN greatest(${depth(`(t.evidence -> 'trigger' ->> 'depth')`)}, ${depthOfJob})
    ELSE 0 END`

/** What the first entry of a task or plan keeps of the request that opened it. */
const opened = (member: keyof Belonging): string => `(SELECT o.data ->> '${member}' FROM desk_history o
    WHERE o.tenant_id = h.tenant_id AND o.subject_id = h.subject_id AND o.seq = 1)`

const DESK = {
  columns: `h.tenant_id AS "tenantId", h.xid::text AS xid, h.subject_id AS "subjectId", h.seq, ${depthOfDesk} AS depth,
    jsonb_build_object('subject', h.subject, 'subjectId', h.subject_id, 'seq', h.seq, 'at', ${time('h.at')}, 'event', h.event,
      'from', h.from_state, 'to', h.to_state, 'actor', h.actor, 'reason', h.reason, 'data', ${small('h.data')},
      'code', NULL, 'message', NULL, 'jobId', t.job_id, 'workflow', t.workflow, 'step', t.step, 'stage', NULL,
      'businessKey', j.business_key, 'planId', coalesce(t.plan_id, p.id), 'taskType', t.type, 'cause', t.cause,
      'title', coalesce(t.title, p.title), 'serviceArea', coalesce(t.service_area, p.service_area),
      'priority', t.priority, 'traceparent', coalesce(${opened('traceparent')}, j.trace),
      'correlationId', coalesce(${opened('correlationId')}, ${correlationOf('t.tenant_id', 't.job_id')})) AS entry`,
  from: `desk_history h
    LEFT JOIN tasks t ON h.subject = 'task' AND t.tenant_id = h.tenant_id AND t.id = h.subject_id
    LEFT JOIN plans p ON h.subject = 'plan' AND p.tenant_id = h.tenant_id AND p.id = h.subject_id
    LEFT JOIN jobs j ON j.tenant_id = t.tenant_id AND j.id = t.job_id`,
  name: `h.subject || '.' || h.event`,
  table: 'desk_history h',
  place: 'h.xid, h.subject_id, h.seq',
}

const TABLES = { jobs: JOBS, desk: DESK } as const

/**
 * What is behind a place and below what a running transaction may still precede, of these tenants and events. What is
 * older than two weeks is over: a restored record is read from its beginning, and the log of what was done is kept longer.
 */
export function entriesAfter(stream: TriggerStream): { name: string; text: string } {
  const { columns, from, name, place } = TABLES[stream]
  return {
    name: `trigger-entries-${stream}`,
    text: `SELECT ${columns} FROM ${from}
      WHERE (${place}) > ($1::xid8, $2::uuid, $3::integer) AND h.xid < $4::xid8
        AND h.tenant_id = ANY ($5::uuid[]) AND (${name} = ANY ($6::text[]) OR split_part(${name}, '.', 1) || '.*' = ANY ($6::text[]))
        AND h.at > (SELECT stageline_now()) - interval '14 days'
      ORDER BY ${place} LIMIT $7`,
  }
}

/** Whether anything at all is behind the place of a cursor `c` and below what a running transaction may still precede. */
export function anyEntryAfter(stream: TriggerStream): string {
  const { table, place } = TABLES[stream]
  return `EXISTS (SELECT FROM ${table} WHERE (${place}) > (c.xid, c.subject_id, c.seq)
    AND h.xid < (SELECT pg_snapshot_xmin(pg_current_snapshot())))`
}

/** The newest of these events of one tenant. */
export function entriesBefore(stream: TriggerStream): { name: string; text: string } {
  const { columns, from, name, place } = TABLES[stream]
  return {
    name: `past-trigger-entries-${stream}`,
    text: `SELECT ${columns} FROM ${from}
      WHERE h.tenant_id = $1 AND (${name} = ANY ($2::text[]) OR split_part(${name}, '.', 1) || '.*' = ANY ($2::text[]))
      ORDER BY ${place.replaceAll(',', ' DESC,')} DESC LIMIT $3`,
  }
}
