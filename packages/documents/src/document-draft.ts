import type { DocumentModel } from '@stageline/domain'

/** What a format reader is given. */
export type DocumentSource = {
  bytes: Uint8Array
  /** Charset that came with the media type (`text/html; charset=…`). */
  charset?: string
}

/** What a format reader returns: the parts that the format has. */
export type DocumentDraft = Partial<
  Pick<DocumentModel, 'pages' | 'tables' | 'structured' | 'attachment' | 'metadata' | 'warnings'>
>
