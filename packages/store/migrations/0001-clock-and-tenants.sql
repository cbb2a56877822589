-- The ground that everything stands on: whose rows are whose, and what time it is.
-- The roles `gateway` and `worker` exist by now: migrate.ts makes them, since passwords are no part of a migration.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gateway, worker;

-- One row. Nobody but the owner may write it, and only a test does: it moves the clock of this database.
CREATE TABLE clock_offset (
  only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT clock_offset_has_one_row CHECK (only_row),
  shift interval NOT NULL DEFAULT '0'
);
INSERT INTO clock_offset DEFAULT VALUES;
GRANT SELECT ON clock_offset TO gateway, worker;

-- The time of everything in SQL: the beginning of the transaction.
CREATE FUNCTION stageline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  RETURN now() + (SELECT shift FROM clock_offset);

-- The time at this very moment, for those who keep a copy of this clock.
CREATE FUNCTION stageline_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
  RETURN clock_timestamp() + (SELECT shift FROM clock_offset);

-- Whose rows the gateway may see in this transaction. Unset: nobody's.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant', true), '')::uuid;

CREATE TABLE tenants (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE CONSTRAINT tenants_key_is_a_slug CHECK (key ~ '^[a-z][a-z0-9-]{0,62}$'),
  created_at timestamptz NOT NULL DEFAULT stageline_now()
);
INSERT INTO tenants (id, key) VALUES ('00000000-0000-7000-8000-000000000001', 'default');

CREATE TABLE api_keys (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id text NOT NULL UNIQUE,
  name text NOT NULL CONSTRAINT api_keys_name_is_short CHECK (length(name) BETWEEN 1 AND 100),
  -- What people recognise a key by; the secret itself is nowhere.
  prefix text NOT NULL,
  sha256 text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT stageline_now(),
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);

-- Before it knows the tenant the gateway can ask two questions, and no more.
CREATE FUNCTION find_api_key(hash text) RETURNS TABLE (id text, tenant_id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT k.id, k.tenant_id, k.name FROM public.api_keys k WHERE k.sha256 = hash AND k.revoked_at IS NULL';
CREATE FUNCTION api_keys_exist() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT EXISTS (SELECT FROM public.api_keys k WHERE k.revoked_at IS NULL)';
REVOKE EXECUTE ON FUNCTION find_api_key(text), api_keys_exist() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_api_key(text), api_keys_exist() TO gateway;

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
-- FORCE binds the owner too, who is no superuser where Postgres is managed: it makes keys and answers for them above.
CREATE POLICY owner_keeps_keys ON api_keys TO CURRENT_USER USING (true) WITH CHECK (true);
