import type { WorkflowCatalog } from '@stageline/engine/ports'

/**
 * A catalogue that asks once for each workflow: for the length of one call over many lines, which would otherwise ask
 * the record a question a line. Not to be kept: a new version would go unseen.
 */
export function rememberLatest(workflows: WorkflowCatalog): WorkflowCatalog {
  const asked = new Map<string, ReturnType<WorkflowCatalog['latest']>>()
  return {
    version: (tenantId, key, version) => workflows.version(tenantId, key, version),
    latest: (tenantId, key) => {
      const name = `${tenantId}/${key}`
      const answer = asked.get(name) ?? workflows.latest(tenantId, key)
      asked.set(name, answer)
      return answer
    },
  }
}
