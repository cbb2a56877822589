import type { TableRow } from '@stageline/domain'

/** A record of a source, or what is wrong with it; `position` says where it stands: line, row or number. */
export type SourceItem =
  | { position: string; record: Readonly<Record<string, unknown>>; mark: string | null }
  | { position: string; fault: string }

/** What is wanted of a source; its columns must be there. */
export type Reading = {
  keyColumn?: string | undefined
  markColumn?: string | undefined
  /** Only records whose mark is this or later. */
  from?: string | undefined
}

/**
 * Where records come from. With a `markColumn` they come in its order, those without a mark first; else in the order
 * of the key, where the source can sort, or as they stand. The same reading of an unchanged source gives the same.
 */
export interface RecordSource {
  /**
   * @throws DataError `source.*` for what a person must mend; TransientError, RateLimited or SystemError for what passes;
   *   the reason of the signal once that has aborted
   */
  read(reading: Reading, signal: AbortSignal): AsyncIterable<SourceItem>
}

/** The rows of an uploaded table. */
export type TableRows = () => AsyncIterable<TableRow>
