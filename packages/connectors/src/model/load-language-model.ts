import type * as ai from 'ai'
import type { Outbound } from '../http/outbound.ts'
import type { MODEL_PROVIDERS, ModelSettings } from './model-settings.ts'

export type Sdk = typeof ai
export type LoadedModel = { model: ai.LanguageModel; sdk: Sdk }

const MAX_ANSWER_BYTES = 5_000_000

/** The library of a provider, with our client for its calls and our settings in the place of its own variables. */
export async function loadLanguageModel(
  provider: (typeof MODEL_PROVIDERS)[number],
  settings: ModelSettings,
  outbound: Outbound,
): Promise<LoadedModel> {
  const timeoutMs = settings.MODEL_PROVIDER_TIMEOUT * 1_000
  const fetch = outbound.fetchWithin({ timeoutMs, maxBytes: MAX_ANSWER_BYTES })
  const { MODEL_PROVIDER_URL: baseURL = '', MODEL_PROVIDER_KEY: apiKey, MODEL_PROVIDER_MODEL: id = '' } = settings
  const own = { fetch, ...(baseURL ? { baseURL } : {}) }
  const sdk = await import('ai')
  switch (provider) {
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      // Without structured outputs the form of the answer would not be sent at all.
      const options = { name: provider, baseURL, fetch, supportsStructuredOutputs: true }
      return { sdk, model: createOpenAICompatible(apiKey ? { ...options, apiKey } : options)(id) }
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return { sdk, model: createAnthropic({ ...own, apiKey: apiKey ?? '' })(id) }
    }
    case 'google': {
      const { createGoogle } = await import('@ai-sdk/google')
      return { sdk, model: createGoogle({ ...own, apiKey: apiKey ?? '' })(id) }
    }
    default:
      return provider satisfies never
  }
}
