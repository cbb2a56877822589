/**
 * What the sender of a job called that which it belongs to: its first entry keeps it, so that a job without one costs
 * nothing, and whoever asks looks it up by the primary key.
 */
export const correlationOf = (tenantId: string, jobId: string): string =>
  `(SELECT f.data ->> 'correlationId' FROM history f WHERE f.tenant_id = ${tenantId} AND f.job_id = ${jobId} AND f.seq = 1)`
