import type { Catalog, FirstSeen } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { normalKey } from './normal-key.ts'
import { claimFirstSeen } from './queries/claim-first-seen.ts'
import { findByKey, findByLikeness } from './queries/find-catalog-items.ts'

const DEFAULT_SIMILARITY = 0.6
const DEFAULT_LIMIT = 10
const MIN_PREFIX = 4

/** The reference data of one tenant. Likeness is only asked for when neither the key nor its beginning is known. */
export function createCatalog(db: Database, tenantId: string): Catalog {
  return {
    async find({ kind, key, name, minSimilarity = DEFAULT_SIMILARITY, limit = DEFAULT_LIMIT }) {
      const normal = key === undefined ? '' : normalKey(key)
      if (normal !== '') {
        const byKey = await findByKey(db, tenantId, { kind, normal, withPrefix: normal.length >= MIN_PREFIX, limit })
        if (byKey.length > 0) return byKey
      }
      if (normal === '' && !name) return []
      return findByLikeness(db, tenantId, { kind, normal, name: name ?? '', minSimilarity, limit })
    },
  }
}

/** Claims of one job; see the port. */
export function createFirstSeen(db: Database, tenantId: string, jobId: string): FirstSeen {
  return {
    async claim(scope, key) {
      const first = await claimFirstSeen(db, tenantId, { scope, key, jobId })
      return { jobId: first.job_id, at: new Date(first.at), isThisJob: first.job_id === jobId }
    },
  }
}
