-- For people who ask in SQL. security_invoker: a view shows what its reader may see.

CREATE VIEW open_steps WITH (security_invoker) AS
SELECT j.tenant_id, j.id AS job_id, j.workflow, j.version, s.key AS step, s.value ->> 's' AS state,
  coalesce((s.value ->> 'a')::integer, 0) AS attempt, s.value ->> 'r' AS reason, (s.value ->> 'u')::timestamptz AS until,
  j.priority, j.created_at, j.updated_at
FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
WHERE j.state NOT IN ('completed', 'cancelled')
  AND s.value ->> 's' IN ('queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended');

CREATE VIEW workflow_overview WITH (security_invoker) AS
SELECT c.tenant_id, c.workflow, c.subject AS stage,
  sum(c.delta) FILTER (WHERE c.state = 'queued') AS queued,
  sum(c.delta) FILTER (WHERE c.state = 'processing') AS processing,
  sum(c.delta) FILTER (WHERE c.state IN ('waiting', 'retrying')) AS waiting,
  sum(c.delta) FILTER (WHERE c.state IN ('failed', 'suspended')) AS needs_a_person,
  sum(c.delta) FILTER (WHERE c.state = 'completed') AS completed,
  recent.average_processing_seconds
FROM counters c
LEFT JOIN LATERAL (
  -- From entering `processing` to the end of the entry, over the last hour.
  SELECT avg(extract(epoch FROM h.times[cardinality(h.times)] - h.times[array_position(h.path, 'processing')])) AS average_processing_seconds
  FROM history h JOIN jobs j ON j.tenant_id = h.tenant_id AND j.id = h.job_id
  WHERE h.tenant_id = c.tenant_id AND j.workflow = c.workflow AND h.stage = c.subject
    AND 'completed' = ANY (h.path) AND h.at > stageline_now() - interval '1 hour'
    AND h.job_id >= first_id_of(stageline_now() - interval '1 day')
) AS recent ON true
WHERE c.kind = 'step'
GROUP BY c.tenant_id, c.workflow, c.subject, recent.average_processing_seconds;

CREATE VIEW recent_workflow_activity WITH (security_invoker) AS
SELECT h.tenant_id, h.at, h.job_id, j.workflow, h.seq, h.event, h.step, h.stage, h.path, h.job_from, h.job_to, h.actor, h.reason,
  h.failure ->> 'code' AS error_code
FROM history h JOIN jobs j ON j.tenant_id = h.tenant_id AND j.id = h.job_id
WHERE h.at > stageline_now() - interval '1 day' AND h.job_id >= first_id_of(stageline_now() - interval '31 days')
ORDER BY h.at DESC;

GRANT SELECT ON open_steps, workflow_overview, recent_workflow_activity TO gateway, worker;
