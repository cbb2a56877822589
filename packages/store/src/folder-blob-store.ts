import { DataError, isId, SystemError, type BlobRef } from '@stageline/domain'
import type { BlobAbout, BlobStore } from '@stageline/engine/ports'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Database } from './database.ts'
import { forgetBlob, noteBlob } from './queries/note-blob.ts'

/** Whose it is, and 128 random bits or the SHA-256 of what it was derived from. */
const KEY = /^([0-9a-f-]{36})\.([0-9a-f]{32}|[0-9a-f]{64})$/

/**
 * Contents of files in a folder, which several processes may share. A file gets its name when it is whole and on disk.
 * Keys say whose a file is, and no path is ever built from anything that is not shaped like one.
 *
 * @param db where given, each file has a row in `blobs`.
 */
export function createFolderBlobStore(dir: string, db?: Database): BlobStore {
  const keep = async (
    about: BlobAbout,
    key: string,
    content: AsyncIterable<Uint8Array> | Uint8Array[],
    maxBytes: number,
  ) => {
    const counted = await writeWhole(pathOf(dir, key), content, maxBytes)
    const { mediaType, fileName } = about
    const ref: BlobRef = { key, ...counted, mediaType, ...(fileName === undefined ? {} : { fileName }) }
    if (db) await noteBlob(db, about.tenantId, ref)
    return ref
  }
  return {
    write: async (content, about) =>
      keep(about, `${tenantOf(about)}.${randomBytes(16).toString('hex')}`, content, about.maxBytes),
    put: async (bytes, about) => keep(about, `${tenantOf(about)}.${derivedId(about)}`, [bytes], bytes.byteLength),
    read: ({ key }) => there(key, () => readFile(pathOf(dir, key))),
    readPart: ({ key }, part) => there(key, () => readPart(pathOf(dir, key), part)),
    async remove(key) {
      const path = pathOf(dir, key)
      if (db) await forgetBlob(db, KEY.exec(key)![1]!, key)
      await rm(path, { force: true })
    },
  }
}

async function there<T>(key: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new DataError('blob.missing', `There is no file ${key}`, { cause: error })
  }
}

async function readPart(path: string, { offset, bytes }: { offset: number; bytes: number }): Promise<Uint8Array> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, offset)
  if (bytesRead < bytes) throw new DataError('blob.missing', `The file is shorter than ${offset + bytes} bytes`)
  return buffer
}

const derivedId = ({ derivedFrom, name }: { derivedFrom: string; name: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([derivedFrom, name]))
    .digest('hex')

function tenantOf({ tenantId }: BlobAbout): string {
  if (!isId(tenantId)) throw new TypeError('A file belongs to a tenant, named by its id')
  return tenantId
}

/** Two levels of 256 folders, from the end of the key: its beginning is the tenant's. */
function pathOf(dir: string, key: string): string {
  const id = KEY.exec(key)?.[2]
  if (id === undefined) throw new DataError('blob.missing', 'That is not the key of a file')
  return join(dir, id.slice(0, 2), id.slice(2, 4), key)
}

async function writeWhole(
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array[],
  maxBytes: number,
): Promise<Pick<BlobRef, 'sha256' | 'bytes'>> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`
  try {
    const made = await mkdir(dirname(path), { recursive: true })
    const counted = await writeCounted(partial, content, maxBytes)
    await rename(partial, path)
    await syncFolders(dirname(path), made)
    return counted
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    throw takesNoFiles(error)
      ? new SystemError('blob.no_room', `The folder for files takes no more: ${error.code}`, { cause: error })
      : error
  }
}

/** A name lasts when its folder is on disk, too; so does the name of a folder that is new. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const last = firstMade === undefined ? folder : dirname(firstMade)
  for (let at = folder; ; at = dirname(at)) {
    await using opened = await open(at)
    await opened.sync()
    if (at === last || at === dirname(at)) return
  }
}

async function writeCounted(path: string, content: AsyncIterable<Uint8Array> | Uint8Array[], maxBytes: number) {
  const hash = createHash('sha256')
  let bytes = 0
  await using file = await open(path, 'wx', 0o600)
  for await (const chunk of content) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new DataError('blob.too_large', `The file is larger than ${maxBytes} bytes`)
    hash.update(chunk)
    await file.writeFile(chunk)
  }
  await file.sync()
  return { sha256: hash.digest('hex'), bytes }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'])

/** The disk is full or gone: whoever waits can be served when it is mended. */
export const takesNoFiles = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && NO_ROOM.has(String(error.code))

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
