/**
 * How long one document may be read, in ms, from its turn on. Pages that are rendered and read by OCR take a second or
 * more each; text takes milliseconds, and what takes longer was made to.
 */
export const READING_TIME = { pages: 120_000, text: 30_000 } as const

export function readingTimeMs(mediaType: string): number {
  const hasPages = mediaType.startsWith('image/') || ['application/pdf', 'message/rfc822'].includes(mediaType)
  return hasPages ? READING_TIME.pages : READING_TIME.text
}
