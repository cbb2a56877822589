-- Rows of these are found by their job, by position or by the name of an error: a fifth of the usual sample tells the planner all
-- it asks of them, and an ANALYZE, which comes again and again while a record grows, took more than sealing did.
ALTER TABLE history ALTER COLUMN tenant_id SET STATISTICS 20, ALTER COLUMN job_id SET STATISTICS 20, ALTER COLUMN seq SET STATISTICS 20,
  ALTER COLUMN at SET STATISTICS 20, ALTER COLUMN event SET STATISTICS 20, ALTER COLUMN step SET STATISTICS 20,
  ALTER COLUMN stage SET STATISTICS 20, ALTER COLUMN xid SET STATISTICS 20,
  ALTER COLUMN attempt SET STATISTICS 0, ALTER COLUMN job_from SET STATISTICS 0, ALTER COLUMN job_to SET STATISTICS 0,
  ALTER COLUMN actor SET STATISTICS 0;
ALTER TABLE payloads ALTER COLUMN tenant_id SET STATISTICS 20, ALTER COLUMN job_id SET STATISTICS 20, ALTER COLUMN seq SET STATISTICS 20;
-- Nobody looks for jobs by these.
ALTER TABLE jobs ALTER COLUMN revision SET STATISTICS 0, ALTER COLUMN seq SET STATISTICS 0,
  ALTER COLUMN looks SET STATISTICS 0, ALTER COLUMN result SET STATISTICS 0;

-- A partition does not take over how much is sampled of its table: it is told so here.
CREATE FUNCTION sample_as_history(partition regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ', partition) || (
    SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS %s', attname, attstattarget), ', ')
    FROM pg_attribute WHERE attrelid = 'public.history'::regclass AND attnum > 0 AND attstattarget IS NOT NULL);
END $$;
SELECT sample_as_history(inhrelid) FROM pg_inherits WHERE inhparent = 'history'::regclass;

CREATE OR REPLACE FUNCTION ensure_history_partitions(months_ahead integer) RETURNS integer
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
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.history FOR VALUES FROM (%L) TO (%L)
          WITH (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05)', name,
        public.first_id_of(month AT TIME ZONE 'UTC'), public.first_id_of((month + interval '1 month') AT TIME ZONE 'UTC'));
      PERFORM public.sample_as_history(('public.' || name)::regclass);
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
