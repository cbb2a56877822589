import type { CatalogItem, CatalogKind } from '@stageline/domain'
import type { Page, PageRequest } from './record.ts'

/** The reference data of tenants as people bring, see and remove them. Every call is for one tenant. */
export interface CatalogRecord {
  /** Adds new rows and replaces known ones (by kind and key); of two with the same key the last counts. Safe to repeat. */
  put(tenantId: string, items: readonly CatalogItem[]): Promise<void>
  /** In the order of kinds and keys. */
  items(tenantId: string, filter: CatalogFilter, page: PageRequest): Promise<Page<CatalogItem>>
  item(tenantId: string, kind: CatalogKind, key: string): Promise<CatalogItem | undefined>
  /** False where there was none. */
  remove(tenantId: string, kind: CatalogKind, key: string): Promise<boolean>
  /** Says that an import begins; false while another one of the tenant is under way. */
  beginImport(tenantId: string, about: NewCatalogImport): Promise<boolean>
  /** Says how far it is: also the sign that it goes on, without which it counts as interrupted after 30 s. */
  noteImport(tenantId: string, id: string, progress: ImportProgress): Promise<void>
  import(tenantId: string, id: string): Promise<CatalogImport | undefined>
  /** Newest first. */
  imports(tenantId: string, page: PageRequest): Promise<Page<CatalogImport>>
}

/** `prefix`: how a key begins, letter case, blanks and dashes aside. */
export type CatalogFilter = { kind?: CatalogKind; prefix?: string }

export const IMPORT_STATES = [
  'checking',
  'storing',
  'completed',
  'checked',
  'refused',
  'failed',
  'interrupted',
] as const
/**
 * `checking`: the file is read through; `storing`: its rows are being stored; `completed`: they are; `checked`: it was
 * only to be checked; `refused`: its faults forbid it, nothing was stored; `failed`: for a reason of our own;
 * `interrupted`: the process that did it has ended. What an import that broke off has stored stays, and to repeat it
 * completes it.
 */
export type ImportState = (typeof IMPORT_STATES)[number]

/** What is wrong with the file: with one of its lines, or (without a line) as a whole. */
export type ImportFault = { line: number | null; column: string | null; detail: string }

export type NewCatalogImport = {
  id: string
  fileName: string | null
  bytes: number
  actor: string
  dryRun: boolean
  /** What becomes of a file with faulty rows: nothing of it is stored, or all but those. */
  onFault: 'refuse' | 'skip'
}

export type ImportProgress = {
  state: ImportState
  /** Rows read so far while it is checked, then all; rows that are in the catalogue; rows that cannot be. */
  rows: { read: number; stored: number; faulty: number }
  /** The first of them. */
  faults: readonly ImportFault[]
}

export type CatalogImport = NewCatalogImport &
  ImportProgress & { createdAt: string; updatedAt: string; finishedAt: string | null }
