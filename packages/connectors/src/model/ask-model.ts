import type { ModelCall } from '@stageline/domain'
import { performance } from 'node:perf_hooks'
import type { LanguageModelUsage } from 'ai'
import type { LoadedModel } from './load-language-model.ts'
import { modelError, noAnswer } from './model-error.ts'
import type { CallContext, ModelAnswer, Question } from './model-provider.ts'
import type { ModelSettings } from './model-settings.ts'
import { promptOf } from './prompt.ts'

type Asked = LoadedModel & { provider: string; settings: ModelSettings }

/** One question, one call: retries are the stage's, by its plan. */
export async function askModel<Value>(
  question: Question<Value>,
  { signal, idempotencyKey, now }: CallContext,
  { model, sdk, provider, settings }: Asked,
): Promise<ModelAnswer<Value>> {
  const { instructions, prompt, shown, sha256 } = promptOf(question, settings.MODEL_PROVIDER_MAX_CHARACTERS)
  const temperature = settings.MODEL_PROVIDER_TEMPERATURE
  const startedAt = performance.now()
  try {
    const answer = await sdk.generateText({
      model,
      instructions,
      prompt,
      output: sdk.Output.object({ schema: question.schema, name: question.template.replaceAll(/\W/g, '_') }),
      maxRetries: 0,
      maxOutputTokens: settings.MODEL_PROVIDER_MAX_OUTPUT_TOKENS,
      ...(temperature === undefined ? {} : { temperature }),
      abortSignal: signal,
      headers: { 'Idempotency-Key': `${idempotencyKey}/${question.template}` },
    })
    const value = answer.finishReason === 'stop' ? answer.output : undefined
    if (value === undefined) throw noAnswer(answer.finishReason)
    const call: ModelCall = {
      template: question.template,
      provider,
      model: answer.response.modelId,
      promptSha256: sha256,
      ...countsOf(answer.usage, settings),
      durationMs: Math.round(performance.now() - startedAt),
    }
    return { value, shown, call }
  } catch (error) {
    throw modelError(error, { caller: signal, now, sdk })
  }
}

function countsOf(usage: LanguageModelUsage, settings: ModelSettings): Partial<ModelCall> {
  const { inputTokens, outputTokens } = usage
  const cost = costOf({ inputTokens, outputTokens }, settings)
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cost === undefined ? {} : { cost }),
  }
}

type Counts = { inputTokens: number | undefined; outputTokens: number | undefined }

/** Tokens times price of a million; to a millionth of the currency. Cached tokens count like others. */
function costOf({ inputTokens, outputTokens }: Counts, settings: ModelSettings): string | undefined {
  const { MODEL_PROVIDER_INPUT_PRICE: inputPrice, MODEL_PROVIDER_OUTPUT_PRICE: outputPrice } = settings
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  if (inputPrice === undefined || outputPrice === undefined) return undefined
  return ((inputTokens * inputPrice + outputTokens * outputPrice) / 1e6).toFixed(6)
}
