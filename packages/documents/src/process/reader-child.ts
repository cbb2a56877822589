/**
 * The child process that reads documents. Owns parsers and OCR, which hostile bytes may crash, block or bloat; knows its
 * parent only by messages. Ends with its parent, and when its memory passes the limit given as argument.
 */
import { Worker } from 'node:worker_threads'
import { DataError, SystemError } from '@stageline/domain'
import { readDocument } from '../read-document.ts'
import type { ChildMessage, ReadRequest } from './messages.ts'

// Ctrl-C reaches the whole process group: the parent decides when work in hand ends.
process.on('SIGINT', () => {}).on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (request: ReadRequest) => void answer(request).then(send))

new Worker(new URL('./watch-child.ts', import.meta.url), { argv: process.argv.slice(2) }).unref()
send({ kind: 'ready' })

async function answer(request: ReadRequest): Promise<ChildMessage> {
  try {
    return { kind: 'model', model: await readDocument(request) }
  } catch (error) {
    return toMessage(error)
  }
}

/** A parser that throws something of its own was given what it cannot read; a RangeError is a full stack or string. */
function toMessage(error: unknown): ChildMessage {
  if (error instanceof SystemError) return { kind: 'system_error', code: error.code, message: error.message }
  if (error instanceof DataError) {
    const { code, message, details } = error
    return { kind: 'data_error', code, message, ...(details ? { details } : {}) }
  }
  if (error instanceof RangeError)
    return {
      kind: 'data_error',
      code: 'document.too_complex',
      message: `the document is too deep or long: ${error.message}`,
    }
  const reason = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown'
  return { kind: 'data_error', code: 'document.unreadable', message: 'the document is damaged', details: { reason } }
}

function send(message: ChildMessage): void {
  process.send?.(message)
}
