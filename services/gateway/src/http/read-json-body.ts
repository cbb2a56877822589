import { raw, type Request, type Response } from 'express'
import { readJson } from './check-json.ts'
import { Problem } from './problems.ts'

export const MAX_JSON_BYTES = 1024 * 1024

const readBytes = raw({ type: () => true, limit: MAX_JSON_BYTES, inflate: false })

/**
 * The parsed body of a request, `undefined` where there is none.
 * @throws Problem `request.unsupported_type`, `request.too_large`, `request.not_json`, `request.invalid`
 */
export async function readJsonBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined
  requireType(request, ['application/json'])
  await new Promise<void>((resolve, reject) => {
    readBytes(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  const bytes: unknown = request.body
  return bytes instanceof Uint8Array && bytes.length > 0 ? readJson(bytes) : undefined
}

/** Compares the type without parameters; the only charset that is read is UTF-8. */
export function requireType(request: Request, types: readonly string[]): void {
  const [essence = '', ...parameters] = (request.get('content-type') ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (types.includes(essence) && (charset === undefined || charset === 'utf-8')) return
  throw new Problem('request.unsupported_type', `Send ${types.join(' or ')} in UTF-8.`, {
    headers: { 'Accept-Post': types.join(', ') },
  })
}

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0
}
