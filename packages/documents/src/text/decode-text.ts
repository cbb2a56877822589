/** Text and the charset that it was read with. */
export type DecodedText = { text: string; charset: string }

/**
 * Bytes to text: a byte order mark wins, then a declared charset, then UTF-8 if the bytes are valid UTF-8, and Latin 1
 * (as windows-1252, see the WHATWG Encoding Standard) otherwise: every byte has a meaning there, so it never fails.
 *
 * @param declared charset named by the document or by its sender; ignored where unknown or where the bytes disagree
 */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  for (const charset of [byteOrderMark(bytes) ?? declared ?? 'utf-8', 'utf-8']) {
    const text = tryDecode(bytes, charset)
    if (text !== undefined) return { text, charset: charset.toLowerCase() }
  }
  return { text: new TextDecoder('windows-1252').decode(bytes), charset: 'windows-1252' }
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined
}

function tryDecode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
