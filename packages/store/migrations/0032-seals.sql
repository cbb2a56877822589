-- A seal of form 2 is made of what Postgres would send of the entries, which costs a third of their text in JSON. Those of before
-- stay as they are.
DROP FUNCTION history_hash(uuid, uuid);
CREATE FUNCTION history_hash(of_tenant uuid, of_job uuid, in_form_of text DEFAULT '2:') RETURNS text LANGUAGE sql STABLE
  SET client_encoding = 'UTF8' AS $$
  SELECT CASE WHEN in_form_of LIKE '2:%'
    THEN '2:' || encode(sha256(string_agg(
      record_send(ROW(seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)),
      ''::bytea ORDER BY seq)), 'hex')
    ELSE encode(sha256(convert_to(string_agg(
      jsonb_build_array(seq, extract(epoch FROM at), event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)::text,
      E'\n' ORDER BY seq), 'UTF8')), 'hex') END
  FROM history WHERE tenant_id = of_tenant AND job_id = of_job
$$;
