import type { Backlog } from '../backlog.ts'

/** A backlog that is never full. */
export const roomForAll: Backlog = { within: (_tenantId, wanted, store) => store(wanted, undefined) }
