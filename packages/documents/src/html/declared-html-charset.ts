/**
 * The charset that the page declares in its first 1,024 bytes, where the HTML standard requires it
 * (https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding, simplified).
 */
export function declaredHtmlCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w:-]+)/i.exec(head)?.[1]
}
