import { z } from 'zod'

/** How a model is reached: by the API that many servers and services copy, or by its maker's own. */
export const MODEL_PROVIDERS = ['openai-compatible', 'anthropic', 'google'] as const

const price = z.coerce.number().min(0).max(100_000).optional()

/** Settings of the stages that may ask a language model. Without `MODEL_PROVIDER` none is asked. */
export const ModelSettings = z.object({
  /** Who answers: `openai-compatible` (also Ollama, vLLM, llama.cpp …), `anthropic` or `google`; not given, no model is asked. */
  MODEL_PROVIDER: z.enum(MODEL_PROVIDERS).optional(),
  /** Where its API begins, such as http://localhost:11434/v1; `anthropic` and `google` have one of their own. */
  MODEL_PROVIDER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Its API key; a server of your own may need none. */
  MODEL_PROVIDER_KEY: z.string().optional(),
  /** The model, by the provider's name for it. Needed beside `MODEL_PROVIDER`. */
  MODEL_PROVIDER_MODEL: z.string().min(1).max(200).optional(),
  /** `low-confidence`: asked where the local models are unsure; `always`: asked each time, in their place; `off`. */
  MODEL_PROVIDER_MODE: z.enum(['always', 'low-confidence', 'off']).default('low-confidence'),
  /** With `low-confidence`: asked where a local confidence is below it, 0 to 1. */
  MODEL_PROVIDER_THRESHOLD: z.coerce.number().min(0).max(1).default(0.7),
  /** How long an answer may take, seconds. */
  MODEL_PROVIDER_TIMEOUT: z.coerce.number().min(0.1).max(600).default(60),
  /** So much of a document is shown to the model, characters. */
  MODEL_PROVIDER_MAX_CHARACTERS: z.coerce.number().int().min(100).max(2_000_000).default(40_000),
  /** The longest answer, tokens. */
  MODEL_PROVIDER_MAX_OUTPUT_TOKENS: z.coerce.number().int().min(16).max(200_000).default(4_096),
  /** Sampling temperature, sent only when it is given: not every model takes one. */
  MODEL_PROVIDER_TEMPERATURE: z.coerce.number().min(0).max(2).optional(),
  /** Price of a million tokens in, for the costs that are kept beside each answer. */
  MODEL_PROVIDER_INPUT_PRICE: price,
  /** Price of a million tokens out. */
  MODEL_PROVIDER_OUTPUT_PRICE: price,
})
export type ModelSettings = z.infer<typeof ModelSettings>
