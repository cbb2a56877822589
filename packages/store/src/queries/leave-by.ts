import type { RunFailure } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/**
 * Leaves work, for good or for a while, by a statement whose parameters are tenant, id, owner, `What` and the failure, if
 * there was one. False: it was not the owner's any more.
 */
export const leaveBy =
  <What>(text: string) =>
  async (
    query: Query,
    { tenantId, id }: { tenantId: string; id: string },
    owner: string,
    what: What,
    error: RunFailure | null,
  ): Promise<boolean> =>
    (await query({ text }, [tenantId, id, owner, what, error && JSON.stringify(error)])).length > 0
