import { crc32, deflateRawSync } from 'node:zlib'

/** `packed` stands in for what the contents would be packed to, so that a test need not hold what it unpacks to. */
export type ZipFile = { name: string; contents: string | Uint8Array; packed?: Uint8Array; isEncrypted?: boolean }

/** Writes a ZIP archive (APPNOTE 6.3): files, then their directory. */
export function makeZip(files: ZipFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const file of files) {
    const name = Buffer.from(file.name)
    const packed = file.packed ?? deflateRawSync(file.contents)
    const about = aboutFile(file, packed.length, name.length)
    const local = Buffer.concat([signed(0x04034b50), about, name, packed])
    directory.push(directoryEntry(about, name, at))
    parts.push(local)
    at += local.length
  }
  const listed = Buffer.concat(directory)
  return Buffer.concat([...parts, listed, endOfDirectory(files.length, listed.length, at)])
}

const signed = (signature: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(signature)
  return bytes
}

/** The 26 bytes that a local header and the directory's entry share. */
function aboutFile({ contents, isEncrypted = false }: ZipFile, packed: number, name: number): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(20, 0)
  bytes.writeUInt16LE(isEncrypted ? 1 : 0, 2)
  bytes.writeUInt16LE(8, 4)
  bytes.writeUInt32LE(crc32(contents), 10)
  bytes.writeUInt32LE(packed, 14)
  bytes.writeUInt32LE(contents.length, 18)
  bytes.writeUInt16LE(name, 22)
  return bytes
}

function directoryEntry(about: Buffer, name: Buffer, at: number): Buffer {
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(at, 10)
  return Buffer.concat([signed(0x02014b50), Buffer.from([20, 0]), about, rest, name])
}

function endOfDirectory(count: number, bytes: number, at: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(bytes, 12)
  end.writeUInt32LE(at, 16)
  return end
}
