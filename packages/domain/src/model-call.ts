import { z } from 'zod'

/** A question that a stage put to a model provider, kept beside what came of it. */
export const ModelCall = z.object({
  /** Name and version of the words around the document, such as `classification-v1`; a changed one gets a new version. */
  template: z.string(),
  provider: z.string(),
  /** As the provider names the model that answered. */
  model: z.string(),
  /** Of the whole prompt: equal prompts have equal hashes, and the text of a document is not kept twice. */
  promptSha256: z.string(),
  inputTokens: z.number().int().nonnegative().optional(),
  outputTokens: z.number().int().nonnegative().optional(),
  /** A decimal string in the currency of the configured prices; absent without prices or counts. */
  cost: z.string().optional(),
  durationMs: z.number().nonnegative(),
})
export type ModelCall = z.infer<typeof ModelCall>

/** Who said a value: the provider, and the model as the provider names it. */
export const nameOfModel = ({ provider, model }: ModelCall): string => `${provider}/${model}`.slice(0, 300)

/** Of a stage's output; absent where no model was asked. */
export const ModelCalls = z.array(ModelCall).optional()
