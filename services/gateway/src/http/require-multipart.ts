import type { Request } from 'express'
import { Problem } from './problems.ts'

export function requireMultipart(request: Request): void {
  const essence = (request.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (essence === 'multipart/form-data') return
  throw new Problem('request.unsupported_type', 'Send multipart/form-data.', {
    headers: { 'Accept-Post': 'multipart/form-data' },
  })
}
