/** The media types that can be read, named as {@link sniffType} names them. Anything else is answered with 415. */
export const ACCEPTED_MEDIA_TYPES = [
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/tiff',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'message/rfc822',
  'text/html',
  'application/xml',
  'text/csv',
  'application/json',
  'text/plain',
] as const
export type AcceptedMediaType = (typeof ACCEPTED_MEDIA_TYPES)[number]

/** Aliases that senders use for the same thing. Templates and documents with macros read alike: no macro is run. */
const ALIASES: Record<string, AcceptedMediaType> = {
  'text/xml': 'application/xml',
  'application/xhtml+xml': 'text/html',
  'image/jpg': 'image/jpeg',
  'application/vnd.ms-word.document.macroenabled.12':
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template':
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.ms-excel.sheet.macroenabled.12': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.template':
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The accepted type behind a `Content-Type` value, parameters and aliases removed; `undefined` where none is. */
export function acceptedMediaType(contentType: string): AcceptedMediaType | undefined {
  const essence = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return ALIASES[essence] ?? ACCEPTED_MEDIA_TYPES.find((type) => type === essence)
}
