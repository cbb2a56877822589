-- Months of history that jobs have left: their room is used again early, and what is empty goes.

-- As before, with an early vacuum of each new partition.
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
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;

DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'history'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05)', part);
  END LOOP;
END $$;

-- Drops partitions of months that ended a month ago and are empty to the last page, as vacuum leaves them when all is deleted;
-- returns how many. Whoever is in the way is not made to wait: it comes again.
CREATE FUNCTION drop_empty_history_partitions() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  part text;
  gone integer := 0;
BEGIN
  PERFORM set_config('lock_timeout', '100ms', true);
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.history'::regclass AND c.relname ~ '^history_\d{4}_\d{2}$' AND pg_relation_size(c.oid) = 0
      AND to_date(substr(c.relname, 9), 'YYYY_MM') + interval '2 months' < public.stageline_now() AT TIME ZONE 'UTC'
    ORDER BY c.relname
  LOOP
    BEGIN
      LOCK TABLE public.history IN ACCESS EXCLUSIVE MODE;
      IF pg_relation_size(format('public.%I', part)::regclass) = 0 THEN
        EXECUTE format('DROP TABLE public.%I', part);
        gone := gone + 1;
      END IF;
    EXCEPTION WHEN lock_not_available OR undefined_table THEN
      NULL;
    END;
  END LOOP;
  RETURN gone;
END $$;
REVOKE EXECUTE ON FUNCTION drop_empty_history_partitions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_empty_history_partitions() TO worker;
