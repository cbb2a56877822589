-- What carries a tag and is of a workflow, or of some states: both indexes are asked, so that no row is read that only one of them
-- means. Open jobs are not in the index of workflows; they are found by their state. A bitmap that is short of memory would
-- have whole pages read again. The function of two arguments stays for processes of the release before.
CREATE FUNCTION jobs_with_tags(wanted text[], most integer, of_workflow text, of_states text[], open_states text[]) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '32MB' AS $$
DECLARE
  found uuid[];
BEGIN
  -- With its values at hand, the planner knows how common each is.
  EXECUTE 'SELECT coalesce(array_agg(id), ''{}'') FROM (SELECT id FROM public.jobs
      WHERE tenant_id = $1 AND tags <> ''{}'' AND tags @> $2 AND ($4 IS NULL OR workflow = $4) AND ($5 IS NULL OR state = ANY ($5))
        AND (finished_at IS NOT NULL OR state = ANY ($6)) LIMIT $3 + 1) j'
    INTO found USING public.current_tenant(), wanted, most, of_workflow, of_states, open_states;
  RETURN CASE WHEN cardinality(found) <= most THEN found END;
END $$;
REVOKE EXECUTE ON FUNCTION jobs_with_tags(text[], integer, text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_with_tags(text[], integer, text, text[], text[]) TO gateway;

-- The last failure of a job, without a look at its other entries.
DROP INDEX history_failures;
CREATE INDEX history_failures ON history (tenant_id, job_id, seq) WHERE failure IS NOT NULL;
