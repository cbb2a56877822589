import type { DocumentModel } from '@stageline/domain'

/** What the parent sends: one document at a time. */
export type ReadRequest = { bytes: Uint8Array; mediaType: string; fileName?: string }

/** How the parent describes its limits, as the child's one argument. */
export type ChildLimits = { maxRssMb: number }

/** What the child answers: first that it is ready, then one answer for each request. */
export type ChildMessage =
  | { kind: 'ready' }
  | { kind: 'model'; model: DocumentModel }
  | { kind: 'data_error'; code: string; message: string; details?: Record<string, unknown> }
  | { kind: 'system_error'; code: string; message: string }
