import type { Readable } from 'node:stream'
import busboy from 'busboy'
import type { Request } from 'express'
import { Problem } from './problems.ts'
import { requireMultipart } from './require-multipart.ts'

export type Upload<Stored> = { fields: Readonly<Record<string, string>>; stored: Stored | undefined }

type Sink<Stored> = {
  /** Reads the one file while it arrives. May reject at any byte: what still comes is then thrown away. */
  store: (content: Readable, fileName: string | undefined) => Promise<Stored>
  /** Takes back what was stored when something else about the request turns out to be wrong. */
  undo: (stored: Stored) => Promise<void>
}

/**
 * Reads a multipart body with at most one file, in the part `file`, and up to 20 short fields, in any order.
 * Whatever goes wrong, the body is read to its end, so that the sender gets to see the answer.
 * @throws Problem `request.unsupported_type`, `request.broken_upload`, or what `store` throws
 */
export async function readUpload<Stored>(request: Request, { store, undo }: Sink<Stored>): Promise<Upload<Stored>> {
  requireMultipart(request)
  const fields: Record<string, string> = Object.create(null)
  let storing: Promise<Stored> | undefined
  let fault: Problem | undefined
  const fail = (detail: string, cause?: unknown): void =>
    void (fault ??= new Problem('request.broken_upload', detail, { cause }))
  const parser = createParser(request)
  parser.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated || name in fields) fail(`The field "${name.slice(0, 64)}" came twice or is too long.`)
    else fields[name] = value
  })
  parser.on('file', (name, content, { filename }) => {
    // Without a listener an aborted upload would end the process.
    content.on('error', () => {})
    if (name === 'file' && !storing) {
      storing = store(content, filename)
      storing.catch(() => {}).finally(() => content.resume())
    } else {
      fail('There may be one file, in the part named "file".')
      content.resume()
    }
  })
  for (const limit of ['fieldsLimit', 'partsLimit', 'filesLimit'] as const)
    parser.on(limit, () => fail('The body has too many parts.'))
  await ended(request, parser).catch((cause: unknown) =>
    fail('The multipart body ended before its last boundary.', cause),
  )
  const settled = await Promise.allSettled([storing])
  const stored = settled[0].status === 'fulfilled' ? settled[0].value : undefined
  if (settled[0].status === 'rejected' && !fault) throw settled[0].reason
  if (!fault) return { fields, stored }
  if (stored !== undefined) await undo(stored)
  throw fault
}

function createParser(request: Request): busboy.Busboy {
  try {
    const limits = {
      fileSize: Infinity,
      files: 2,
      fields: 20,
      fieldSize: 8 * 1024,
      fieldNameSize: 64,
      parts: 23,
      headerPairs: 20,
    }
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits })
  } catch (cause) {
    throw new Problem('request.broken_upload', 'The Content-Type names no boundary.', { cause })
  }
}

function ended(request: Request, parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      request.unpipe(parser)
      request.resume()
      parser.destroy()
      reject(error)
    }
    request.once('aborted', () => fail(new Error('The sender went away.')))
    request.once('error', fail)
    // Not `once`: ending a parser that has failed makes it fail again, and nobody listening would end the process.
    parser.on('error', (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))))
    parser.once('close', () => resolve())
    request.pipe(parser)
  })
}
