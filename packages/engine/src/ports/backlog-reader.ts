/** Jobs that are not final, and how many ever became final. */
export type BacklogCount = { open: number; finished: number }

/** What the counters say of the jobs; never a scan of jobs. */
export interface BacklogReader {
  /** `bound`: the tenant's own, where it has one. */
  ofTenant(tenantId: string): Promise<BacklogCount & { bound: number | null }>
  ofAll(): Promise<BacklogCount>
}
