-- Lists of a workflow, newest first, among however many jobs that are done. Open ones are found by their state: they are
-- fewer, and an entry for each of their changes would cost the line. One that is done costs an entry when it ends and one
-- when it is sealed.
CREATE INDEX jobs_by_workflow ON jobs (tenant_id, workflow, state, id) WHERE finished_at IS NOT NULL;

-- Lists by the code of the last error: the jobs that failed once. What goes well has no entry.
CREATE INDEX history_failures ON history (tenant_id, job_id) WHERE failure IS NOT NULL;

-- Row-level security keeps the gateway from the index of tags: the operator for arrays is not leakproof, so that the rows of the
-- tenant come first and all of them. Ids of the jobs that carry all these tags, of the tenant of this transaction; null where
-- there are more than `most`, since then they are found soon among the newest.
CREATE FUNCTION jobs_with_tags(wanted text[], most integer) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found uuid[];
BEGIN
  -- With its values at hand, the planner knows how common the tags are.
  EXECUTE 'SELECT coalesce(array_agg(id), ''{}'') FROM (SELECT id FROM public.jobs
      WHERE tenant_id = $1 AND tags <> ''{}'' AND tags @> $2 LIMIT $3 + 1) j'
    INTO found USING public.current_tenant(), wanted, most;
  RETURN CASE WHEN cardinality(found) <= most THEN found END;
END $$;
REVOKE EXECUTE ON FUNCTION jobs_with_tags(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_with_tags(text[], integer) TO gateway;
