import { DataError, StagelineError, SystemError, TransientError } from '@stageline/domain'
import { errorOfStatus } from '../http/expect-ok.ts'
import { causesOf } from '../http/outbound-error.ts'
import type { Sdk } from './load-language-model.ts'

type Circumstances = { caller: AbortSignal; now: Date; sdk: Sdk }

/** What a failed question is to the engine: see docs/connectors.md. */
export function modelError(thrown: unknown, { caller, now, sdk }: Circumstances): unknown {
  if (caller.aborted) return caller.reason
  const ours = causesOf(thrown).find((cause) => cause instanceof StagelineError)
  if (ours) return isOurAddress(ours) ? misconfigured(ours.message, thrown) : ours
  if (sdk.NoObjectGeneratedError.isInstance(thrown)) {
    const isCut = thrown.finishReason !== undefined && thrown.finishReason !== 'stop'
    return isCut || !thrown.text ? noAnswer(thrown.finishReason, thrown) : malformed(thrown)
  }
  if (sdk.NoOutputGeneratedError.isInstance(thrown)) return noAnswer(undefined, thrown)
  if (!sdk.APICallError.isInstance(thrown)) return sdk.AISDKError.isInstance(thrown) ? malformed(thrown) : thrown
  const { statusCode: status, url } = thrown
  // An answer of success that the library could not read.
  if (status === undefined || (status >= 200 && status < 300)) return malformed(thrown)
  if (status === 404) return misconfigured(`${new URL(url).origin} knows no such address or model (404)`, thrown)
  return errorOfStatus({ status, url, headers: new Headers(thrown.responseHeaders ?? {}) }, now, thrown)
}

/** It ended for another reason than that it was done. */
export function noAnswer(finishReason: string | undefined, cause?: unknown): DataError {
  if (finishReason === 'length') {
    const remedy = 'raise MODEL_PROVIDER_MAX_OUTPUT_TOKENS, or split the document'
    return new DataError('model.answer_cut', `The answer of the model was cut off: ${remedy}`, { cause })
  }
  const why = finishReason === undefined || finishReason === 'stop' ? 'no text' : finishReason
  return new DataError('model.refused', `The model gave no answer: ${why}`, { cause })
}

const malformed = (cause: Error) =>
  new TransientError('model.malformed_answer', 'The model did not answer in the form that was asked for', { cause })

/** Addresses are the installation's own here: no document can mend them, so the stage waits. */
const isOurAddress = ({ code }: StagelineError) =>
  code === 'outbound.address_refused' || code === 'outbound.url_refused' || code === 'outbound.redirect_refused'

const misconfigured = (message: string, cause: unknown) => new SystemError('model.misconfigured', message, { cause })
