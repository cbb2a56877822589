-- What files are known, and the reference data that enrichment looks things up in.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE blobs (
  tenant_id uuid NOT NULL,
  key text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL CONSTRAINT blobs_bytes_are_counted CHECK (bytes >= 0),
  media_type text NOT NULL,
  -- What the sender called it; shown, never used as a path.
  file_name text,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, key)
);

CREATE TABLE catalog_items (
  tenant_id uuid NOT NULL REFERENCES tenants,
  kind text NOT NULL,
  key text NOT NULL,
  -- What look-ups compare: letter case, blanks and dashes aside.
  normal_key text NOT NULL GENERATED ALWAYS AS (upper(regexp_replace(key, '[\s-]', '', 'g'))) STORED,
  name text NOT NULL,
  attributes jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, kind, key)
);
-- Exact look-up and look-up by the beginning, whatever the collation of the database is.
CREATE INDEX catalog_items_by_key ON catalog_items (tenant_id, kind, normal_key text_pattern_ops);
-- Look-up by likeness.
CREATE INDEX catalog_items_like_key ON catalog_items USING gin (normal_key gin_trgm_ops);
CREATE INDEX catalog_items_like_name ON catalog_items USING gin (name gin_trgm_ops);

-- Which job was the first to carry a key, such as an invoice number of a vendor.
CREATE TABLE first_seen (
  tenant_id uuid NOT NULL,
  scope text NOT NULL,
  key text NOT NULL,
  job_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (tenant_id, scope, key)
);

DO $$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['blobs', 'catalog_items', 'first_seen'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY own_rows ON %I TO gateway USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))', one);
    EXECUTE format('CREATE POLICY all_rows ON %I TO worker USING (true) WITH CHECK (true)', one);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON blobs TO gateway;
GRANT SELECT, INSERT, UPDATE ON blobs TO worker;
GRANT SELECT, INSERT, UPDATE ON catalog_items TO gateway;
GRANT SELECT ON catalog_items TO worker;
GRANT SELECT, INSERT ON first_seen TO worker;
