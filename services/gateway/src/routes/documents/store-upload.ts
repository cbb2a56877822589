import type { BlobRef } from '@stageline/domain'
import type { Readable } from 'node:stream'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { cleanName } from '../../http/clean-name.ts'
import { Problem } from '../../http/problems.ts'

const HEAD_BYTES = 4100

/**
 * Stores a file while it arrives: its type is told by its first bytes before anything is kept, its size is counted on
 * the way. What a sender calls the file is shown to people and never becomes part of a path.
 * @throws Problem `document.empty`, `document.unsupported_type`, `document.too_large`
 */
export async function storeUpload(
  deps: GatewayDeps,
  tenantId: string,
  content: Readable,
  sentName: string | undefined,
): Promise<BlobRef> {
  const fileName = cleanName(sentName)
  // Whoever stops reading half-way must let go of the stream: else what still comes is never thrown away.
  const rest = content.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  try {
    const head = await readHead(rest)
    const mediaType = await acceptedType(deps, head, fileName)
    const maxBytes = deps.settings.maxDocumentBytes
    const about = { tenantId, mediaType, maxBytes, ...(fileName === undefined ? {} : { fileName }) }
    return await deps.blobs.write(joined(head, rest), about)
  } finally {
    await rest.return?.()
  }
}

async function readHead(content: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let length = 0; length < HEAD_BYTES; length += parts.at(-1)!.length) {
    const next = await content.next()
    if (next.done) break
    parts.push(next.value)
  }
  return Buffer.concat(parts)
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function acceptedType(deps: GatewayDeps, head: Uint8Array, fileName: string | undefined): Promise<string> {
  if (head.length === 0) throw new Problem('document.empty', 'The file has no content.')
  const sniffed = await deps.sniffType(head, fileName)
  if (sniffed.mediaType !== undefined && deps.acceptedMediaTypes.includes(sniffed.mediaType)) return sniffed.mediaType
  if (sniffed.mediaType === undefined && sniffed.code === 'document.empty')
    throw new Problem('document.empty', 'The file has no content.')
  const found = sniffed.mediaType === undefined ? ['Its type cannot be told.'] : foundType(sniffed)
  const accepted = `Accepted: ${deps.acceptedMediaTypes.join(', ')}.`
  throw new Problem('document.unsupported_type', [...found, accepted].join(' '))
}

const foundType = ({ mediaType, hint }: { mediaType: string; hint?: string }): string[] => [
  `Its content is ${mediaType}.`,
  ...(hint === undefined ? [] : [hint]),
]
