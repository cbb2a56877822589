import { createHash } from 'node:crypto'

/** An id in the form of a UUIDv7 that is the same whenever it is made of the same: what is made twice is made once. */
export function derivedId(at: string, name: string): string {
  const bytes = createHash('sha256').update(name).digest()
  bytes.writeUIntBE(Math.max(0, Date.parse(at)), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
