-- When a message is looked for, once for all the steps that it carries, and beside their jobs: a look writes a narrow row, and a
-- job that goes on writes no index for it. A row goes when its message was worked, or when a look finds that nobody waits for it.
CREATE TABLE messages (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  -- The queue: of a stage, or of its quarantine.
  stage text NOT NULL,
  -- Whose steps it carries, the first of them the oldest. Those that have gone on since do not count.
  jobs uuid[] NOT NULL,
  size integer NOT NULL GENERATED ALWAYS AS (cardinality(jobs)) STORED,
  -- Of its most urgent job.
  priority double precision NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT stageline_now(),
  check_at timestamptz NOT NULL,
  looks smallint NOT NULL DEFAULT 0
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- takeUnchecked: messages to be looked for.
CREATE INDEX messages_check ON messages (check_at);
ALTER TABLE messages ALTER COLUMN jobs SET STATISTICS 0, ALTER COLUMN jobs SET STORAGE EXTERNAL;

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON messages TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON messages TO worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON messages TO gateway, worker;

-- The messages of one job, as its row names them. A step that has crashed twice travels through the quarantine.
CREATE FUNCTION note_messages_of(job jobs) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO messages AS m (id, tenant_id, stage, jobs, priority, check_at)
  SELECT (s.value ->> 'm')::uuid, job.tenant_id,
    min((d ->> 'stage') || CASE WHEN jsonb_array_length(s.value -> 'k') >= 2 THEN '-quarantine' ELSE '' END),
    ARRAY[job.id], job.priority, job.check_at
  FROM jsonb_each(job.steps) AS s
  JOIN workflow_versions v ON v.tenant_id = job.tenant_id AND v.key = job.workflow AND v.version = job.version
  CROSS JOIN LATERAL jsonb_array_elements(v.definition -> 'steps') AS d
  WHERE s.value ->> 's' = 'queued' AND s.value ? 'm' AND d ->> 'key' = s.key
  GROUP BY 1
  ON CONFLICT (id) DO UPDATE SET jobs = m.jobs || excluded.jobs WHERE NOT excluded.jobs <@ m.jobs
$$;

-- What is under way when this runs.
SELECT note_messages_of(j) FROM jobs j WHERE j.check_at IS NOT NULL;

-- Processes of before keep the time of the look in the row of the job. Beside them, and until the columns are dropped, their
-- messages are noted here by the database; what they name no more, a look forgets.
ALTER TABLE jobs DROP CONSTRAINT jobs_finished_have_no_timers;
ALTER TABLE jobs ADD CONSTRAINT jobs_finished_have_no_timers CHECK (finished_at IS NULL OR due_at IS NULL);
CREATE FUNCTION note_messages_of_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM note_messages_of(NEW);
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_of_before_added AFTER INSERT ON jobs FOR EACH ROW WHEN (NEW.check_at IS NOT NULL)
  EXECUTE FUNCTION note_messages_of_changed();
CREATE TRIGGER jobs_of_before_changed AFTER UPDATE OF check_at ON jobs FOR EACH ROW WHEN (NEW.check_at IS NOT NULL)
  EXECUTE FUNCTION note_messages_of_changed();
