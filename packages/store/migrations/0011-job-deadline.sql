-- When a job as a whole has taken too long. Its time is part of due_at, which takeDue looks at; null where there is no limit.
ALTER TABLE jobs ADD COLUMN deadline timestamptz;

-- Who works a step, and since when.
CREATE OR REPLACE VIEW open_steps WITH (security_invoker) AS
SELECT j.tenant_id, j.id AS job_id, j.workflow, j.version, s.key AS step, s.value ->> 's' AS state,
  coalesce((s.value ->> 'a')::integer, 0) AS attempt, s.value ->> 'r' AS reason, (s.value ->> 'u')::timestamptz AS until,
  j.priority, j.created_at, j.updated_at, s.value ->> 'w' AS locked_by,
  CASE WHEN s.value ? 'w' THEN (s.value -> 'e' -> -1 ->> 1)::timestamptz END AS locked_at
FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
WHERE j.state NOT IN ('completed', 'cancelled')
  AND s.value ->> 's' IN ('queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended');
