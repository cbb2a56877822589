import { storableProblems } from '@stageline/domain'
import { Problem } from './problems.ts'

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const MAX_DEPTH = 64
const MAX_ITEMS = 10_000

/**
 * Reads one JSON text strictly: UTF-8 without byte order mark, at most 64 levels, arrays of at most 10,000 items, and
 * no value that cannot be stored or that would change meaning on the way (NUL and lone surrogates, which Postgres
 * refuses in JSON; numbers beyond the double range; `__proto__`).
 * @throws Problem `request.not_json`, `request.invalid`
 */
export function readJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const value = parse(text)
  refuseUnstorable(value)
  return value
}

/** The checks of {@link readJson} for values that came in another way. @throws Problem `request.invalid` */
export function refuseUnstorable(value: unknown): void {
  const errors = storableProblems(value, { maxDepth: MAX_DEPTH, maxItems: MAX_ITEMS })
  if (errors.length > 0) throw new Problem('request.invalid', errors[0]!.detail, { errors })
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Problem('request.not_json', 'The body begins with a byte order mark.')
  }
  try {
    return UTF_8.decode(bytes)
  } catch (cause) {
    throw new Problem('request.not_json', 'The body is not valid UTF-8.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('request.not_json', 'The body is not valid JSON.', { cause })
  }
}
