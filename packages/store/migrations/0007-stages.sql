-- Which stages exist, who works them, and whether they may. They belong to the installation, not to a tenant.

CREATE TABLE stages (
  stage text PRIMARY KEY,
  input_schema jsonb NOT NULL,
  output_schema jsonb NOT NULL,
  bundle integer NOT NULL CONSTRAINT stages_bundle_is_positive CHECK (bundle > 0),
  paused boolean NOT NULL DEFAULT false,
  paused_by text,
  pause_reason text,
  paused_at timestamptz,
  CONSTRAINT stages_pause_is_signed CHECK (paused = (paused_by IS NOT NULL) AND paused = (paused_at IS NOT NULL))
);

CREATE TABLE stage_workers (
  stage text NOT NULL REFERENCES stages,
  worker_id text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT stageline_now(),
  seen_at timestamptz NOT NULL DEFAULT stageline_now(),
  PRIMARY KEY (stage, worker_id)
);

GRANT SELECT ON stages, stage_workers TO gateway;
GRANT UPDATE (paused, paused_by, pause_reason, paused_at) ON stages TO gateway;
GRANT SELECT, INSERT ON stages TO worker;
GRANT UPDATE (input_schema, output_schema, bundle) ON stages TO worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON stage_workers TO worker;
