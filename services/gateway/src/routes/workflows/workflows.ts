import {
  checkDefinition,
  ErrorTarget,
  errorTargetsOf,
  VerifiedModel,
  verifiedModels,
  WorkflowDefinition,
} from '@stageline/domain'
import type { WorkflowView } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { etagOf, expectedVersion } from '../../http/etag.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'

const KeyParams = z.strictObject({ key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) })

const WorkflowAnswer = z
  .object({
    key: z.string(),
    version: z.number().int(),
    versions: z.array(z.number().int()),
    definition: WorkflowDefinition,
    createdAt: z.string(),
    createdBy: z.string(),
    /** What verified outcomes say of `policy.targetErrorRate`, where there is one. Only when one workflow is read. */
    errorTarget: ErrorTarget.optional(),
    /** The same of `policy.fieldErrorRate`, for each field that people have verified. */
    fieldTargets: z.record(z.string(), ErrorTarget).optional(),
    /** What people found of the values that language models gave, by model and how sure they were assumed to be. */
    verifiedModels: z.array(VerifiedModel).optional(),
  })
  .meta({ id: 'Workflow' })

const show = ({ key, version, versions, definition, createdAt, createdBy }: WorkflowView) => ({
  key,
  version,
  versions,
  definition,
  createdAt,
  createdBy,
})
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }

export const listWorkflows = operation({
  id: 'listWorkflows',
  method: 'get',
  path: '/v1/workflows',
  tag: 'Workflows',
  summary: 'List workflows in their newest version',
  answers: {
    200: {
      description: 'The workflows',
      schema: z.object({ items: z.array(WorkflowAnswer) }).meta({ id: 'WorkflowList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All workflows', status: 200 }],
  handle: async ({ who, deps }) => ({
    status: 200,
    body: { items: (await deps.reader.workflows(who.tenantId)).map(show) },
  }),
})

export const readWorkflow = operation({
  id: 'getWorkflow',
  method: 'get',
  path: '/v1/workflows/{key}',
  tag: 'Workflows',
  summary: 'Read a workflow, the newest version or the one that is asked for',
  params: KeyParams,
  query: z.strictObject({ version: z.coerce.number().int().positive().max(2_147_483_647).optional() }),
  answers: { 200: { description: 'The workflow', schema: WorkflowAnswer, headers } },
  problems: ['request.invalid', 'resource.unknown'],
  examples: [
    { name: 'The newest version', params: { key: 'document' }, status: 200 },
    { name: 'A version that was never made', params: { key: 'document' }, query: { version: '999' }, status: 404 },
  ],
  handle: async ({ params, query, who, deps }) => {
    const workflow = await deps.reader.workflow(who.tenantId, params.key, query.version)
    if (!workflow) throw unknownResource()
    return {
      status: 200,
      body: { ...show(workflow), ...(await verifiedOf(workflow, who, deps)) },
      headers: { ETag: etagOf(workflow.key, workflow.version) },
    }
  },
})

/** What people verified: against the targets of the policy, and of the models' values. */
async function verifiedOf({ key, definition }: WorkflowView, { tenantId }: Identity, { reader }: GatewayDeps) {
  const { policy } = definition
  if (policy?.after === undefined) return {}
  const outcomes = await reader.verifiedOutcomes(tenantId, key)
  const models = verifiedModels(outcomes)
  return { ...errorTargetsOf(outcomes, policy), ...(models.length > 0 ? { verifiedModels: models } : {}) }
}

const steps = [
  { key: 'classification', stage: 'classification' },
  { key: 'scoring', stage: 'scoring', dependsOn: ['classification'] },
]

export const saveWorkflow = operation({
  id: 'putWorkflow',
  method: 'put',
  path: '/v1/workflows/{key}',
  tag: 'Workflows',
  summary: 'Store a new version of a workflow',
  description:
    'Jobs keep the version that they began with. `If-Match` changes only the version that was read, `If-None-Match: *` only makes what is not there.',
  params: KeyParams,
  headers: z.object({ 'If-Match': z.string().optional(), 'If-None-Match': z.string().optional() }),
  body: { type: 'application/json', schema: WorkflowDefinition },
  answers: {
    200: { description: 'The new version', schema: WorkflowAnswer, headers },
    201: { description: 'The first version', schema: WorkflowAnswer, headers },
  },
  problems: ['request.invalid', 'request.not_json', 'workflow.invalid', 'workflow.changed'],
  examples: [
    { name: 'A short line', params: { key: 'short' }, body: { key: 'short', steps }, status: 201 },
    {
      name: 'A circle',
      params: { key: 'circle' },
      body: { key: 'circle', steps: [{ key: 'a', stage: 'scoring', dependsOn: ['a'] }] },
      status: 422,
    },
    {
      name: 'A policy that nobody made',
      params: { key: 'short' },
      body: { key: 'short', steps, policy: { name: 'no-such' } },
      status: 422,
    },
    {
      name: 'Changed meanwhile',
      params: { key: 'document' },
      headers: { 'If-Match': '"document-999"' },
      body: { key: 'document', steps },
      status: 412,
    },
  ],
  handle: async ({ params: { key }, body, who, request, deps: { reader, writer } }) => {
    if (body.key !== key) throw invalid([{ pointer: '/key', detail: `The address says "${key}".` }])
    const stages = new Set((await reader.stages(who.tenantId)).map(({ stage }) => stage))
    const policies = new Set((await reader.policies(who.tenantId)).map(({ policy }) => policy.name))
    const faults = checkDefinition(body, { stages, policies })
    if (faults.length > 0) throw invalid(faults)
    const saved = await writer.saveWorkflow(
      who.tenantId,
      body,
      who.actor,
      expectedVersion(request, key, 'workflow.changed'),
    )
    if (saved === 'conflict')
      throw new Problem('workflow.changed', `"${key}" is no longer at the version that the request names.`)
    const workflow = await reader.workflow(who.tenantId, key, saved.version)
    if (!workflow) throw unknownResource()
    return {
      status: saved.version === 1 ? 201 : 200,
      body: show(workflow),
      headers: { ETag: etagOf(workflow.key, workflow.version) },
    }
  },
})

const invalid = (errors: { pointer: string; detail: string }[]): Problem =>
  new Problem('workflow.invalid', errors[0]!.detail, { errors })
