import { z } from 'zod'

const at = z.iso.datetime({ offset: true })
/** Id or key of a tenant. */
const tenant = z.string().min(1)

/**
 * What was seen from outside, one JSON object a line, written by whoever drives the system and by nobody inside it: the
 * only witness of what was promised.
 */
export const RecorderLine = z.discriminatedUnion('kind', [
  /** A 2xx: from now on the job must exist. */
  z.object({
    kind: z.literal('accepted'),
    at,
    tenant,
    key: z.string(),
    jobId: z.uuid(),
    workflow: z.string(),
    /** SHA-256 of the body. */
    fingerprint: z.string(),
    /** How the job must end: completed, in a person's hands, or either. */
    expect: z.enum(['completed', 'task', 'either']),
    /** Text that stands in all that this tenant sends, and in nothing of another's. */
    marker: z.string().min(1),
  }),
  z.object({ kind: z.literal('refused'), at, tenant, key: z.string(), status: z.number().int() }),
  /** The connection broke: the job exists or does not. */
  z.object({ kind: z.literal('unknown'), at, tenant, key: z.string() }),
  /** A stage called an outside system, with this `Idempotency-Key`. */
  z.object({ kind: z.literal('call'), at: at.optional(), key: z.string(), jobId: z.string().optional() }),
  z.object({ kind: z.literal('fault'), at, until: at, name: z.string(), target: z.string() }),
  /** Markers that an answer to this tenant contained. */
  z.object({ kind: z.literal('answer'), at: at.optional(), tenant, markers: z.array(z.string()) }),
])
export type RecorderLine = z.infer<typeof RecorderLine>
