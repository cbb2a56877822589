/**
 * Bytes to one document model: PDF, scans, HTML, e-invoice XML, CSV, JSON, plain text. Owns how a format is told by its
 * content and how it is read, and keeps hostile documents in a child process that may be killed at any time. Must not
 * know what the text means: kinds, fields and checks belong to the stages. Never opens a path or an address.
 */
export { ACCEPTED_MEDIA_TYPES, type AcceptedMediaType } from './accepted-media-types.ts'
export { createDocumentReader, type DocumentReader, type DocumentReaderOptions } from './document-reader.ts'
export { DOCUMENT_LIMITS } from './document-limits.ts'
export { READING_TIME } from './reading-time.ts'
export { sniffType, type SniffedType } from './sniff-type.ts'
export { readTable } from './table/read-table.ts'
