import { DataError, SystemError } from '@stageline/domain'
import { randomBytes } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { takesNoFiles } from './folder-blob-store.ts'

/** What came in, to be read more than once. It has no name any more: with the process that reads it, it is gone. */
export type SpooledFile = AsyncDisposable & { bytes: number; chunks(): AsyncIterable<Uint8Array> }

const CHUNK_BYTES = 256 * 1024

/**
 * Keeps content on disk for so long as it is being worked on.
 * @throws DataError `blob.too_large`; SystemError `blob.no_room`
 */
export async function spoolFile(
  dir: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<SpooledFile> {
  const folder = join(dir, 'spool')
  await mkdir(folder, { recursive: true })
  const path = join(folder, randomBytes(16).toString('hex'))
  const file = await open(path, 'wx+', 0o600)
  try {
    await rm(path)
    let bytes = 0
    for await (const chunk of content) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw new DataError('blob.too_large', `The file is larger than ${maxBytes} bytes`)
      await file.writeFile(chunk)
    }
    return { bytes, chunks: () => chunksOf(file, bytes), [Symbol.asyncDispose]: () => file.close() }
  } catch (error) {
    await file.close()
    throw takesNoFiles(error)
      ? new SystemError('blob.no_room', `The folder for files takes no more: ${error.code}`, { cause: error })
      : error
  }
}

async function* chunksOf(file: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}
