-- Alerts by e-mail: each is told once, when it is raised; how often it was raised again is seen where alerts are listed.

ALTER TABLE alerts
  ADD COLUMN mailed_at timestamptz,
  -- When somebody may tell it; whoever takes it moves this on.
  ADD COLUMN mail_at timestamptz NOT NULL DEFAULT stageline_now(),
  ADD COLUMN mail_tries integer NOT NULL DEFAULT 0;

-- takeAlertMails
CREATE INDEX alerts_to_mail ON alerts (tenant_id, mail_at) WHERE mailed_at IS NULL AND acknowledged_at IS NULL;
