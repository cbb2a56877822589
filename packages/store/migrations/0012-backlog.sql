-- How much is open, for whoever takes in more: sums of the counters, for one tenant and for all of them.

-- The tenant's own bound of open jobs; null: the bound of the installation.
ALTER TABLE tenants ADD COLUMN max_open_jobs bigint CONSTRAINT tenants_bound_is_positive CHECK (max_open_jobs > 0);

-- backlog_of_tenant, backlog_of_all: without the counts of steps and of batches, which are never taken away.
CREATE INDEX counters_of_jobs ON counters (tenant_id) INCLUDE (state, delta) WHERE kind = 'job';

-- FORCE binds the owner too, who answers below for tables that the gateway does not see whole.
CREATE POLICY owner_sums ON counters FOR SELECT TO CURRENT_USER USING (true);

-- The tenant of this transaction. `finished` only grows: the pace of the line is its difference.
CREATE FUNCTION backlog_of_tenant() RETURNS TABLE (open bigint, finished bigint, bound bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(c.delta) FILTER (WHERE c.state NOT IN ('completed', 'cancelled')), 0)::bigint,
    coalesce(sum(c.delta) FILTER (WHERE c.state IN ('completed', 'cancelled')), 0)::bigint,
    (SELECT t.max_open_jobs FROM public.tenants t WHERE t.id = public.current_tenant())
  FROM public.counters c WHERE c.kind = 'job' AND c.tenant_id = public.current_tenant()
$$;

CREATE FUNCTION backlog_of_all() RETURNS TABLE (open bigint, finished bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(c.delta) FILTER (WHERE c.state NOT IN ('completed', 'cancelled')), 0)::bigint,
    coalesce(sum(c.delta) FILTER (WHERE c.state IN ('completed', 'cancelled')), 0)::bigint
  FROM public.counters c WHERE c.kind = 'job'
$$;

REVOKE EXECUTE ON FUNCTION backlog_of_tenant(), backlog_of_all() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION backlog_of_tenant(), backlog_of_all() TO gateway;

-- Who does the work of time: each orchestrator says every two seconds that it lives, and the gateway tells when none does.
CREATE TABLE orchestrators (
  instance text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);
GRANT SELECT ON orchestrators TO gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON orchestrators TO worker;
