import { StagelineError } from '@stageline/domain'
import { comeBackSoon } from './come-back-soon.ts'
import { isProblemCode, Problem, unknownResource } from './problems.ts'

/** Makes a problem of whatever was thrown; what nobody foresaw becomes a 500 that says nothing of its cause. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof StagelineError) return fromStageline(thrown)
  // An address with a broken percent sign is the address of nothing.
  if (thrown instanceof URIError) return unknownResource()
  return (
    fromBodyReader(thrown) ??
    new Problem('internal.error', 'The request failed for a reason of our own.', { cause: thrown })
  )
}

function fromStageline(error: StagelineError): Problem {
  if (error.kind === 'data') return fromDataError(error)
  return new Problem('service.unavailable', 'A part of the system did not answer.', {
    headers: comeBackSoon(),
    more: { reason: error.code },
    cause: error,
  })
}

function fromDataError(error: StagelineError): Problem {
  if (error.code === 'blob.too_large') return new Problem('document.too_large', error.message)
  if (error.code === 'blob.missing') return new Problem('resource.unknown', 'The file is no longer stored.')
  if (error.code.includes('cursor')) return new Problem('request.bad_cursor', error.message)
  if (isProblemCode(error.code)) return new Problem(error.code, error.message)
  return new Problem('action.refused', error.message, { more: { reason: error.code } })
}

/** What `express.raw` says about a body that it could not read. */
function fromBodyReader(thrown: unknown): Problem | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown) || !('type' in thrown)) return undefined
  switch (thrown.status) {
    case 413:
      return new Problem('request.too_large', 'A JSON body may have at most 1 MB.')
    case 415:
      return new Problem('request.unsupported_type', 'Compressed bodies are not read.')
    default:
      return new Problem('request.not_json', 'The body ended before its length was reached.')
  }
}
