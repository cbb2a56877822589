import { DataError } from '@stageline/domain'
import type { DocumentModel } from '@stageline/domain'
import { ReaderProcess } from './process/reader-process.ts'
import { Turns } from './process/turns.ts'
import { readingTimeMs } from './reading-time.ts'

export type DocumentReaderOptions = {
  /** Longest time for one document, in ms, from its turn on. Default: see `readingTimeMs`. */
  timeoutMs?: number
  /** Heap of the child process, in MB. Default 512. */
  maxHeapMb?: number
  /** Resident memory of the child process with images and OCR, in MB; beyond it the child ends. Default 1,536. */
  maxRssMb?: number
  /** A child without work ends after this time, in ms, and gives its memory back. Default 60,000. */
  idleMs?: number
}

export type DocumentReader = AsyncDisposable & {
  /**
   * Reads one document. Reads of one reader take turns, in order of asking.
   *
   * @param bytes the whole document; left unchanged
   * @param about media type as `sniffType` tells it; `fileName` is for messages only
   * @param options `signal` kills the work in hand and rejects with its reason; `timeoutMs` replaces the reader's
   * @throws DataError `document.empty`, `document.unsupported_type`, `document.unreadable`, `document.encrypted`,
   *   `document.no_content`, or `document.too_complex` (limits of `DOCUMENT_LIMITS`, of time or of memory)
   * @throws SystemError `document.reader_unavailable` where no child process or no OCR can be started
   * @throws TransientError `document.reader_lost` where the child was killed from outside while it had no work
   */
  read(
    bytes: Uint8Array,
    about: { mediaType: string; fileName?: string },
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<DocumentModel>
  /** Process id of the child, for measurements; `undefined` while there is none. */
  readonly childPid: number | undefined
}

/**
 * A reader of documents. All parsing happens in one child process, started with the first document: whatever a document
 * does, it cannot block the caller's event loop, and what hangs or grows is killed without the caller.
 */
export function createDocumentReader(options: DocumentReaderOptions = {}): DocumentReader {
  const child = new ReaderProcess({ maxHeapMb: 512, maxRssMb: 1536, idleMs: 60_000, ...options })
  const turns = new Turns()
  return {
    async read(
      bytes,
      { mediaType, fileName },
      { signal, timeoutMs = options.timeoutMs ?? readingTimeMs(mediaType) } = {},
    ) {
      if (bytes.length === 0) throw new DataError('document.empty', 'the document has no bytes')
      const request = { bytes, mediaType, ...(fileName === undefined ? {} : { fileName }) }
      return turns.take(() => child.run(request, { timeoutMs, signal }), signal)
    },
    get childPid() {
      return child.pid
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
