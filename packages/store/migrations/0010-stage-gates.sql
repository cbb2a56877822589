-- What holds a stage besides a pause for good: an end to the pause, a limiter, a circuit breaker. All by the clock of this
-- database, so that every worker holds and goes on at the same time. Old workers see the columns that they know.

ALTER TABLE stages
  -- When a pause ends by itself.
  ADD COLUMN paused_until timestamptz,
  -- The pace that the stage's workers keep together, as they published it; for people to see.
  ADD COLUMN limit_max integer,
  ADD COLUMN limit_per_ms integer,
  -- The other side asked for a rest: nobody begins a step before this time.
  ADD COLUMN limited_until timestamptz,
  ADD COLUMN limited_by text,
  ADD COLUMN limit_code text,
  ADD COLUMN limit_reason text,
  ADD COLUMN breaker text NOT NULL DEFAULT 'closed'
    CONSTRAINT stages_breaker_is_known CHECK (breaker IN ('closed', 'open', 'half_open')),
  ADD COLUMN breaker_by text,
  ADD COLUMN breaker_code text,
  ADD COLUMN breaker_reason text,
  -- When it left `closed`, or came back to it.
  ADD COLUMN breaker_since timestamptz,
  -- How often it has opened since it was last closed.
  ADD COLUMN breaker_times integer NOT NULL DEFAULT 0,
  ADD COLUMN next_probe_at timestamptz,
  -- The one worker that may try a step, and until when without another word of it.
  ADD COLUMN probe_by text,
  ADD COLUMN probe_until timestamptz,
  -- The breaker has closed, and steps that wait for it are to be made due.
  ADD COLUMN release_waiting boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT stages_limit_is_a_pace CHECK ((limit_max IS NULL) = (limit_per_ms IS NULL) AND limit_max > 0 AND limit_per_ms > 0),
  ADD CONSTRAINT stages_open_breaker_will_probe CHECK ((breaker = 'open') = (next_probe_at IS NOT NULL)),
  ADD CONSTRAINT stages_probe_is_signed CHECK
    ((breaker = 'half_open') = (probe_by IS NOT NULL) AND (breaker = 'half_open') = (probe_until IS NOT NULL));

GRANT UPDATE (paused_until, limited_until, limited_by, limit_code, limit_reason, breaker, breaker_by, breaker_code,
  breaker_reason, breaker_since, breaker_times, next_probe_at, probe_by, probe_until, release_waiting) ON stages TO gateway, worker;
GRANT UPDATE (limit_max, limit_per_ms, paused, paused_by, pause_reason, paused_at) ON stages TO worker;
