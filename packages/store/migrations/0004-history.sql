-- What happened, append-only: audit trail and outbox. One job's history is whole in one partition, since partitions are
-- ranges of the job's id: a UUIDv7 begins with its 48 bits of milliseconds.

-- Each pair of neighbours in `path` is an edge of STEP_EDGES in packages/domain/src/states.ts; a test compares both.
CREATE FUNCTION step_path_is_legal(path text[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  states CONSTANT text[] := '{pending,queued,processing,waiting,retrying,failed,suspended,completed,skipped,cancelled}';
  edges CONSTANT text[] := '{
    pending>queued, pending>skipped, pending>suspended, pending>cancelled,
    queued>processing, queued>skipped, queued>waiting, queued>suspended, queued>cancelled,
    processing>completed, processing>failed, processing>retrying, processing>waiting, processing>suspended,
    processing>skipped, processing>cancelled, processing>queued,
    waiting>queued, waiting>processing, waiting>completed, waiting>failed, waiting>suspended, waiting>cancelled,
    failed>retrying, failed>suspended, failed>skipped, failed>cancelled,
    retrying>queued, retrying>suspended, retrying>cancelled,
    suspended>queued, suspended>completed, suspended>skipped, suspended>cancelled}';
BEGIN
  IF NOT path <@ states THEN
    RETURN false;
  END IF;
  FOR i IN 2 .. cardinality(path) LOOP
    IF NOT (path[i - 1] || '>' || path[i]) = ANY (edges) THEN
      RETURN false;
    END IF;
  END LOOP;
  RETURN true;
END $$;

CREATE TABLE history (
  tenant_id uuid NOT NULL,
  job_id uuid NOT NULL,
  seq integer NOT NULL CONSTRAINT history_seq_counts_from_1 CHECK (seq > 0),
  at timestamptz NOT NULL,
  event text NOT NULL,
  step text,
  stage text,
  attempt integer,
  path text[] NOT NULL,
  times timestamptz[] NOT NULL,
  job_from text NOT NULL,
  job_to text NOT NULL,
  actor text NOT NULL,
  reason text,
  failure jsonb,
  data jsonb,
  -- The order of readers: everything below pg_snapshot_xmin has been committed, or never will be.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (tenant_id, job_id, seq),
  CONSTRAINT history_path_has_times CHECK (cardinality(path) = cardinality(times)),
  CONSTRAINT history_step_edges CHECK (step_path_is_legal(path)),
  CONSTRAINT history_job_states CHECK (
    job_from IN ('created', 'queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended', 'completed', 'cancelled')
    AND job_to IN ('created', 'queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended', 'completed', 'cancelled')),
  -- JOB_EDGES: from an open state to any other, except back to `created` and from `failed` straight to `completed`;
  -- from a final one nowhere.
  CONSTRAINT history_job_edges CHECK (
    job_from = job_to
    OR (job_from NOT IN ('completed', 'cancelled') AND job_to <> 'created' AND NOT (job_from = 'failed' AND job_to = 'completed')))
) PARTITION BY RANGE (job_id);

-- events: entries after a cursor in the order of their commits, for one tenant or for all.
CREATE INDEX history_outbox ON history (xid, job_id, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER history_is_insert_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Whatever fits no month (a replayed dump, a clock far off) is kept all the same.
CREATE TABLE history_default PARTITION OF history DEFAULT;

CREATE FUNCTION first_id_of(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT
  SET search_path = pg_catalog, pg_temp
  RETURN (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the partitions of this month and of the months ahead; returns how many are new. Months are UTC.
CREATE FUNCTION ensure_history_partitions(months_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', public.stageline_now() AT TIME ZONE 'UTC');
  name text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('stageline.partitions'));
  FOR i IN 0 .. least(greatest(months_ahead, 0), 24) LOOP
    name := 'history_' || to_char(month, 'YYYY_MM');
    IF to_regclass('public.' || name) IS NULL THEN
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.history FOR VALUES FROM (%L) TO (%L)', name,
        public.first_id_of(month AT TIME ZONE 'UTC'), public.first_id_of((month + interval '1 month') AT TIME ZONE 'UTC'));
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION ensure_history_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_history_partitions(integer) TO worker;
SELECT ensure_history_partitions(2);

-- One hash over every entry of a job in order; whoever changes an entry later, by whatever right, changes it.
CREATE FUNCTION history_hash(of_tenant uuid, of_job uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(string_agg(
    jsonb_build_array(seq, extract(epoch FROM at), event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)::text,
    E'\n' ORDER BY seq), 'UTF8')), 'hex')
  FROM history WHERE tenant_id = of_tenant AND job_id = of_job
$$;

-- Transaction numbers mean something in the cluster that gave them only: readers restart when the epoch changes.
CREATE TABLE record_epoch (
  only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT record_epoch_has_one_row CHECK (only_row),
  epoch integer NOT NULL,
  system_identifier bigint NOT NULL
);
INSERT INTO record_epoch (epoch, system_identifier) SELECT 1, system_identifier FROM pg_control_system();
GRANT SELECT ON record_epoch TO gateway, worker;

ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON history TO gateway
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
CREATE POLICY all_rows ON history TO worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON history TO gateway, worker;
