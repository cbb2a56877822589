import { z } from 'zod'

/** How long a whole job may take, from its acceptance to its end: at most 30 days. */
export const JobTimeoutMs = z
  .number()
  .int()
  .min(1)
  .max(30 * 86_400_000)
