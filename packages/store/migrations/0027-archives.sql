-- Finished jobs leave the record for files: what is in which file, whose turn it is, and the one way out.

-- A file of the blob store with some hundreds of jobs, in the order of `jobs`: no row a job is left. The row that names a
-- file keeps it from being removed, and a file that is gone cannot be named.
CREATE TABLE archives (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  blob_key text NOT NULL,
  first_job uuid NOT NULL,
  last_job uuid NOT NULL,
  jobs uuid[] NOT NULL,
  -- Parts of the file that are read one without the other, in its order: {"jobs": 100, "bytes": 12345}.
  frames jsonb NOT NULL,
  -- Before compression; the size of the file stands in `blobs`.
  raw_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, blob_key) REFERENCES blobs,
  CONSTRAINT archives_range_holds_jobs
    CHECK (cardinality(jobs) > 0 AND first_job = jobs[1] AND last_job = jobs[cardinality(jobs)])
);
-- One row a file; whoever removes files asks for it.
CREATE UNIQUE INDEX archives_by_blob ON archives (tenant_id, blob_key);
-- findArchived: those whose range holds an id.
CREATE INDEX archives_by_job ON archives (tenant_id, last_job) INCLUDE (first_job);
-- clearOrphans: files that no archive came to name.
CREATE INDEX blobs_of_archives ON blobs (created_at) WHERE media_type = 'application/vnd.stageline.archive';

-- One orchestrator at a time looks for what may leave a tenant.
CREATE TABLE retention_turns (
  tenant_id uuid PRIMARY KEY REFERENCES tenants,
  -- When somebody may look; whoever looks moves this on.
  next_at timestamptz NOT NULL,
  -- Jobs up to here were looked at, and those that are left must stay; null: begin with the oldest.
  looked_to uuid
);

-- What people did stays when its job leaves: models learn from it, and error targets count it.
ALTER TABLE tasks DROP CONSTRAINT tasks_tenant_id_job_id_fkey;

-- Room that was left is used again before the tables grow.
ALTER TABLE payloads SET (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE decisions SET (autovacuum_vacuum_scale_factor = 0.05);

-- The history is insert-only but for archive_jobs.
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('stageline.archiving', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'history is insert-only' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER history_is_insert_only ON history;
CREATE TRIGGER history_is_insert_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Takes finished jobs with all that is theirs out of the record, in the commit that notes where they are; false, and nothing
-- is changed, where one of them is not there, not final or not sealed. Sealed ones never change: what was read is what goes.
-- Counts of batches stay: they tell what became of their jobs, wherever those are.
CREATE FUNCTION archive_jobs(of_tenant uuid, archive uuid, blob text, ids uuid[], parts jsonb, raw bigint) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held integer;
BEGIN
  PERFORM FROM public.jobs j
  WHERE j.tenant_id = of_tenant AND j.id = ANY (ids) AND j.finished_at IS NOT NULL AND j.seal IS NOT NULL
  ORDER BY j.id FOR UPDATE;
  GET DIAGNOSTICS held = ROW_COUNT;
  IF held IS DISTINCT FROM cardinality(ids) THEN
    RETURN false;
  END IF;
  INSERT INTO public.archives (tenant_id, id, blob_key, first_job, last_job, jobs, frames, raw_bytes)
  VALUES (of_tenant, archive, blob, ids[1], ids[cardinality(ids)], ids, parts, raw);
  INSERT INTO public.counters (tenant_id, kind, workflow, subject, state, delta)
  SELECT of_tenant, 'job', j.workflow, '', j.state, -count(*)
  FROM public.jobs j WHERE j.tenant_id = of_tenant AND j.id = ANY (ids) GROUP BY j.workflow, j.state
  UNION ALL
  SELECT of_tenant, 'job', '', '', 'archived', cardinality(ids)
  UNION ALL
  SELECT of_tenant, 'step', j.workflow, coalesce(d.stage, s.key), s.value ->> 's', -count(*)
  FROM public.jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  LEFT JOIN (
    SELECT v.key AS workflow, v.version, e ->> 'key' AS step, e ->> 'stage' AS stage
    FROM public.workflow_versions v CROSS JOIN LATERAL jsonb_array_elements(v.definition -> 'steps') AS e WHERE v.tenant_id = of_tenant
  ) d ON d.workflow = j.workflow AND d.version = j.version AND d.step = s.key
  WHERE j.tenant_id = of_tenant AND j.id = ANY (ids) AND s.value ? 's' GROUP BY 3, 4, 5;
  PERFORM set_config('stageline.archiving', 'on', true);
  DELETE FROM public.history WHERE tenant_id = of_tenant AND job_id = ANY (ids);
  PERFORM set_config('stageline.archiving', 'off', true);
  DELETE FROM public.payloads WHERE tenant_id = of_tenant AND job_id = ANY (ids);
  DELETE FROM public.decisions WHERE tenant_id = of_tenant AND job_id = ANY (ids);
  DELETE FROM public.job_sla_records WHERE tenant_id = of_tenant AND job_id = ANY (ids);
  DELETE FROM public.jobs WHERE tenant_id = of_tenant AND id = ANY (ids);
  RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION archive_jobs(uuid, uuid, text, uuid[], jsonb, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION archive_jobs(uuid, uuid, text, uuid[], jsonb, bigint) TO worker;

-- As before; what has left is finished still, so that `finished` only grows.
CREATE OR REPLACE FUNCTION backlog_of_tenant() RETURNS TABLE (open bigint, finished bigint, bound bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(c.delta) FILTER (WHERE c.state NOT IN ('completed', 'cancelled', 'archived')), 0)::bigint,
    coalesce(sum(c.delta) FILTER (WHERE c.state IN ('completed', 'cancelled', 'archived')), 0)::bigint,
    (SELECT t.max_open_jobs FROM public.tenants t WHERE t.id = public.current_tenant())
  FROM public.counters c WHERE c.kind = 'job' AND c.tenant_id = public.current_tenant()
$$;
CREATE OR REPLACE FUNCTION backlog_of_all() RETURNS TABLE (open bigint, finished bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(c.delta) FILTER (WHERE c.state NOT IN ('completed', 'cancelled', 'archived')), 0)::bigint,
    coalesce(sum(c.delta) FILTER (WHERE c.state IN ('completed', 'cancelled', 'archived')), 0)::bigint
  FROM public.counters c WHERE c.kind = 'job'
$$;

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['archives', 'retention_turns'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
  -- FORCE binds the owner too, who answers for archive_jobs.
  FOREACH one IN ARRAY ARRAY['archives', 'jobs', 'history', 'payloads', 'decisions', 'job_sla_records'] LOOP
    EXECUTE format('CREATE POLICY owner_archives ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;
CREATE POLICY owner_archives ON counters FOR INSERT TO CURRENT_USER WITH CHECK (true);

GRANT SELECT ON archives TO gateway, worker;
GRANT SELECT, INSERT, UPDATE ON retention_turns TO worker;
GRANT SELECT (id) ON tenants TO worker;
-- Files that no archive came to name.
GRANT DELETE ON blobs TO worker;
