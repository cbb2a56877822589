import { requireSuccess } from './api-problem.ts'
import type { Transport } from './create-client.ts'
import type { components } from './generated/api.d.ts'

export type Document = { content: Blob | Uint8Array<ArrayBuffer> | string; fileName: string }
export type DocumentOptions = {
  workflow?: string
  priority?: number
  businessKey?: string
  tags?: readonly string[]
  idempotencyKey?: string
}

export async function submitDocument(
  { url, headers, send }: Transport,
  { content, fileName }: Document,
  { idempotencyKey, tags, ...fields }: DocumentOptions = {},
): Promise<components['schemas']['Accepted']> {
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...fields, tags: tags?.join(',') }))
    if (value !== undefined) form.append(name, String(value))
  form.append('file', content instanceof Blob ? content : new Blob([content]), fileName)
  const key = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }
  const response = await requireSuccess(
    await send(`${url}/v1/documents`, { method: 'POST', body: form, headers: { ...headers, ...key } }),
  )
  return JSON.parse(await response.text())
}
