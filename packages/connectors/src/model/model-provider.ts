import { ConfigError, type ModelCall } from '@stageline/domain'
import type { z } from 'zod'
import { createOutbound, type Outbound } from '../http/outbound.ts'
import type { OutboundSettings } from '../http/outbound-settings.ts'
import { askModel } from './ask-model.ts'
import { loadLanguageModel } from './load-language-model.ts'
import type { ModelSettings } from './model-settings.ts'

/** What a stage asks a language model. */
export type Question<Value> = {
  /** Name and version of `instructions` and `schema`: `classification-v1`. */
  template: string
  /** What to do with the text. Written by us: nothing of a document may stand in it. */
  instructions: string
  /** What somebody sent; data, whatever it says. */
  text: string
  /** The form of the answer. */
  schema: z.ZodType<Value>
}

export type ModelAnswer<Value> = {
  value: Value
  /** As much of the text as the model was shown. */
  shown: string
  call: ModelCall
}

/** Of a stage's context, what a call needs. */
export type CallContext = { signal: AbortSignal; idempotencyKey: string; now: Date }

/** A language model that answers in a given form. */
export type ModelProvider = {
  /** When a stage asks: each time and in the place of its own models, or where they are unsure. */
  mode: 'always' | 'low-confidence'
  /** Local confidences below it are low. */
  threshold: number
  /**
   * @throws RateLimited, TransientError, SystemError or DataError `outbound.…` as of any call; TransientError
   *   `model.malformed_answer`; DataError `model.refused`, `model.answer_cut`; SystemError `model.misconfigured`
   */
  ask<Value>(question: Question<Value>, context: CallContext): Promise<ModelAnswer<Value>>
}

/**
 * The configured provider; undefined where none is, so that a stage works by itself. The libraries are loaded with the
 * first question.
 *
 * @throws ConfigError where settings are missing
 */
export function createModelProvider(settings: ModelSettings, outbound: Outbound): ModelProvider | undefined {
  const { MODEL_PROVIDER: provider, MODEL_PROVIDER_MODE: mode } = settings
  if (!provider || mode === 'off') return undefined
  checkComplete(settings)
  let loading: ReturnType<typeof loadLanguageModel> | undefined
  return {
    mode,
    threshold: settings.MODEL_PROVIDER_THRESHOLD,
    ask: async (question, context) => {
      loading ??= loadLanguageModel(provider, settings, outbound)
      return askModel(question, context, { ...(await loading), provider, settings })
    },
  }
}

/** The provider of a stage's settings, with a way out of its own. */
export const modelProviderOf = (settings: ModelSettings & OutboundSettings): ModelProvider | undefined =>
  createModelProvider(settings, createOutbound({ allow: settings.STAGELINE_OUTBOUND_ALLOW }))

/** What one setting asks of another. */
function checkComplete({ MODEL_PROVIDER, MODEL_PROVIDER_URL, MODEL_PROVIDER_MODEL }: ModelSettings): void {
  const isMissingUrl = MODEL_PROVIDER === 'openai-compatible' && !MODEL_PROVIDER_URL
  const missing = [
    ...(isMissingUrl ? ['MODEL_PROVIDER_URL'] : []),
    ...(MODEL_PROVIDER_MODEL ? [] : ['MODEL_PROVIDER_MODEL']),
  ]
  if (missing.length > 0)
    throw new ConfigError(`MODEL_PROVIDER=${MODEL_PROVIDER} needs ${missing.join(' and ')} as well`)
}
