import type { Message } from '@stageline/engine/ports'
import { z } from 'zod'

/** What a message carries: ids only, never payloads. `tenant` once, then one triple a step. */
const MessageData = z.strictObject({
  tenant: z.uuid(),
  workflow: z.string().max(63),
  steps: z
    .array(z.tuple([z.uuid(), z.string().max(63), z.number().int().nonnegative()]))
    .min(1)
    .max(1_000),
})

export const encodeMessage = ({ tenantId, workflow, steps }: Message): z.infer<typeof MessageData> => ({
  tenant: tenantId,
  workflow,
  steps: steps.map(([jobId, step, fence]) => [jobId, step, fence]),
})

/** Undefined for anything that is not ours: what stands in Redis is not trusted. */
export function decodeMessage(id: string | undefined, stage: string, data: unknown): Message | undefined {
  const parsed = MessageData.safeParse(data)
  if (!id || !parsed.success) return undefined
  const { tenant: tenantId, workflow, steps } = parsed.data
  return { id, stage, tenantId, workflow, steps }
}

/** What people see in Bull Board. */
export const messageName = ({ stage, workflow, steps }: Message): string => `${stage} · ${workflow} × ${steps.length}`

/**
 * One try, no delays: retries and timers live in the record. Finished messages are kept by count, so that Bull Board
 * has something to show.
 */
export const MESSAGE_OPTIONS = {
  attempts: 1,
  removeOnComplete: { count: 1_000 },
  removeOnFail: { count: 1_000 },
  stackTraceLimit: 0,
  sizeLimit: 65_536,
} as const
