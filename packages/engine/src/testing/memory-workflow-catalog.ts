import type { Policy, Workflow, WorkflowDefinitionInput } from '@stageline/domain'
import { BUILT_IN_POLICIES, checkDefinition, compileWorkflow, DataError, WorkflowDefinition } from '@stageline/domain'
import type { WorkflowCatalog } from '../ports/index.ts'

/** Definitions in memory, the same for every tenant; saving a key again makes its next version. */
export class MemoryWorkflowCatalog implements WorkflowCatalog {
  readonly #versions = new Map<string, Workflow[]>()
  readonly #policies: readonly Policy[]

  constructor(definitions: readonly WorkflowDefinitionInput[] = [], policies: readonly Policy[] = BUILT_IN_POLICIES) {
    this.#policies = policies
    for (const definition of definitions) this.save(definition)
  }

  /** @throws RangeError when the definition is refused, with all that is wrong with it. */
  save(input: WorkflowDefinitionInput): Workflow {
    const definition = WorkflowDefinition.parse(input)
    const problems = checkDefinition(definition)
    if (problems.length > 0) throw new RangeError(problems.map(({ detail }) => detail).join('; '))
    const versions = this.#versions.get(definition.key) ?? []
    const policy = this.#policies.find(({ name }) => name === definition.policy?.name)
    const workflow = { ...compileWorkflow(definition, versions.length + 1), ...(policy ? { policy } : {}) }
    this.#versions.set(definition.key, [...versions, workflow])
    return workflow
  }

  async version(_tenantId: string, key: string, version: number): Promise<Workflow> {
    const workflow = this.#versions.get(key)?.[version - 1]
    if (!workflow) throw new DataError('workflow.unknown', `There is no version ${version} of workflow "${key}"`)
    return workflow
  }

  async latest(_tenantId: string, key: string): Promise<Workflow | undefined> {
    return this.#versions.get(key)?.at(-1)
  }
}
