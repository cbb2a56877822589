import type { Catalog, FirstSeen } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { normalKey, normalNumber } from './normal-key.ts'
import { claimFirstSeen } from './queries/claim-first-seen.ts'
import { findByKey, findByLikeness, findByNumber } from './queries/find-catalog-items.ts'

const DEFAULT_SIMILARITY = 0.6
const DEFAULT_LIMIT = 10
const MIN_PREFIX = 4

/** The reference data of one tenant. Likeness is only asked for when neither the key nor its beginning is known. */
export function createCatalog(db: Database, tenantId: string): Catalog {
  return {
    async find({ kind, key, name, numbers = [], minSimilarity = DEFAULT_SIMILARITY, limit = DEFAULT_LIMIT }) {
      const normal = key === undefined ? '' : normalKey(key)
      if (normal !== '') {
        const byKey = await findByKey(db, tenantId, { kind, normal, withPrefix: normal.length >= MIN_PREFIX, limit })
        if (byKey.length > 0) return byKey
      }
      const byNumber = await findByNumber(db, tenantId, { kind, numbers: numbers.map(normalNumber), limit })
      if (normal === '' && !name) return byNumber
      const alike = await findByLikeness(db, tenantId, { kind, normal, name: name ?? '', minSimilarity, limit })
      const keys = new Set(byNumber.map((hit) => hit.key))
      return [...byNumber, ...alike.filter((hit) => !keys.has(hit.key))].slice(0, limit)
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
