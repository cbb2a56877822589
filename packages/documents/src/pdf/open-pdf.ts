import * as canvas from '@napi-rs/canvas'
import { DataError } from '@stageline/domain'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { createIsomorphicCanvasFactory, getDocumentProxy } from 'unpdf'

export type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>

/**
 * Opens a PDF with the empty password. Scripts and forms are not run, fonts and images come from the file alone. The
 * bytes are copied, because PDF.js takes its buffer away.
 *
 * @throws DataError `document.encrypted`, `document.unreadable`
 */
export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const CanvasFactory = await createIsomorphicCanvasFactory(() => Promise.resolve(canvas))
  try {
    return await getDocumentProxy(Uint8Array.from(bytes), {
      CanvasFactory,
      enableXfa: false,
      maxImageSize: DOCUMENT_LIMITS.pixels,
      useWorkerFetch: false,
      verbosity: 0,
    })
  } catch (error) {
    throw toDataError(error)
  }
}

function toDataError(error: unknown): DataError {
  const name = error instanceof Error ? error.name : ''
  const reason = error instanceof Error ? error.message : String(error)
  if (name === 'PasswordException') return new DataError('document.encrypted', 'the PDF asks for a password')
  return new DataError('document.unreadable', `the PDF cannot be opened: ${reason}`, { details: { reason } })
}
