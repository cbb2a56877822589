import { z } from 'zod'
import { parseAllowList } from './allow-list.ts'

/** Settings of every service that calls out. */
export const OutboundSettings = z.object({
  /** What may be called though its address is not public, separated by commas: `localhost:11434`, `10.1.0.0/16`, `[fd00::5]:8080`. */
  STAGELINE_OUTBOUND_ALLOW: z.string().superRefine(isAllowList).default(''),
})
export type OutboundSettings = z.infer<typeof OutboundSettings>

function isAllowList(text: string, context: z.RefinementCtx): void {
  try {
    parseAllowList(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
  }
}
