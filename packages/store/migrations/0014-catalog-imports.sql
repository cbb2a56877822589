-- Reference data in millions: how far imports are, and look-up by likeness that does not look at half of the rows.

CREATE TABLE catalog_imports (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL,
  file_name text,
  bytes bigint NOT NULL,
  actor text NOT NULL,
  dry_run boolean NOT NULL,
  on_fault text NOT NULL CONSTRAINT catalog_imports_on_fault_is_known CHECK (on_fault IN ('refuse', 'skip')),
  state text NOT NULL CONSTRAINT catalog_imports_state_is_known
    CHECK (state IN ('checking', 'storing', 'completed', 'checked', 'refused', 'failed', 'interrupted')),
  rows_read bigint NOT NULL DEFAULT 0,
  rows_stored bigint NOT NULL DEFAULT 0,
  rows_faulty bigint NOT NULL DEFAULT 0,
  faults jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  -- The sign that it goes on.
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  finished_at timestamptz,
  CONSTRAINT catalog_imports_finished_at_matches_state
    CHECK ((finished_at IS NULL) = (state IN ('checking', 'storing'))),
  -- Ids sort by creation: the list, newest first.
  PRIMARY KEY (tenant_id, id)
);

ALTER TABLE catalog_imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalog_imports FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON catalog_imports TO gateway
  USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog_imports TO gateway;
GRANT DELETE ON catalog_items TO gateway;

-- Names by their trigrams, of which the look-up chooses the rare ones; the index before left no choice.
CREATE INDEX catalog_items_name_trigrams ON catalog_items USING gin (show_trgm(name));
ALTER INDEX catalog_items_name_trigrams ALTER COLUMN 1 SET STATISTICS 300;
DROP INDEX catalog_items_like_name;

-- The common trigrams of names with the number of rows that have them, of all tenants together, as ANALYZE found it;
-- none in a small table, where all may be looked at.
CREATE FUNCTION catalog_common_trigrams() RETURNS TABLE (trigram text, rows float8)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 3000 SET search_path = pg_catalog, pg_temp AS $$
  SELECT common.trigram, common.share * c.reltuples
  FROM pg_stats s
  JOIN pg_class c ON c.oid = 'public.catalog_items'::regclass
  CROSS JOIN LATERAL unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS common(trigram, share)
  WHERE s.schemaname = 'public' AND s.tablename = 'catalog_items_name_trigrams'
    AND common.trigram IS NOT NULL AND c.reltuples > 1000
$$;
REVOKE EXECUTE ON FUNCTION catalog_common_trigrams() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION catalog_common_trigrams() TO worker;
