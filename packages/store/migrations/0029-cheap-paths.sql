-- Nearly every entry of a step takes one of these ways; the function is asked of the others.
ALTER TABLE history DROP CONSTRAINT history_step_edges;
ALTER TABLE history ADD CONSTRAINT history_step_edges CHECK (
  path = '{queued,processing,completed}' OR path = '{}' OR step_path_is_legal(path));

-- Nobody looks for rows by these: sampling and sorting them was most of what an ANALYZE took.
ALTER TABLE jobs ALTER COLUMN steps SET STATISTICS 0, ALTER COLUMN "values" SET STATISTICS 0, ALTER COLUMN retry SET STATISTICS 0,
  ALTER COLUMN warnings SET STATISTICS 0, ALTER COLUMN trace SET STATISTICS 0, ALTER COLUMN seal SET STATISTICS 0;
ALTER TABLE payloads ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE history ALTER COLUMN path SET STATISTICS 0, ALTER COLUMN times SET STATISTICS 0, ALTER COLUMN failure SET STATISTICS 0,
  ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN reason SET STATISTICS 0;

-- A partition does not take this over from its table.
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
      EXECUTE format('ALTER TABLE public.%I ALTER COLUMN path SET STATISTICS 0, ALTER COLUMN times SET STATISTICS 0,
        ALTER COLUMN failure SET STATISTICS 0, ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN reason SET STATISTICS 0', name);
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
