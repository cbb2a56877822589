import { changePolicy, PolicyChange } from '@stageline/domain'
import type { PolicyView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etagOf, expectedVersion } from '../../http/etag.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { PolicyAnswer, PolicyName, showPolicy } from './policy-answer.ts'

const NameParams = z.strictObject({ name: PolicyName })
const tagOf = ({ policy: { name, version } }: PolicyView) => ({ ETag: etagOf(name, version) })
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }

export const listPolicies = operation({
  id: 'listPolicies',
  method: 'get',
  path: '/v1/policies',
  tag: 'Policies',
  summary: 'List decision policies in their newest version',
  answers: {
    200: {
      description: 'The policies',
      schema: z.object({ items: z.array(PolicyAnswer) }).meta({ id: 'PolicyList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All policies', status: 200 }],
  handle: async ({ who, deps }) => ({
    status: 200,
    body: { items: (await deps.reader.policies(who.tenantId)).map(showPolicy) },
  }),
})

export const readPolicy = operation({
  id: 'getPolicy',
  method: 'get',
  path: '/v1/policies/{name}',
  tag: 'Policies',
  summary: 'Read a decision policy, the newest version or the one that is asked for',
  params: NameParams,
  query: z.strictObject({ version: z.coerce.number().int().positive().max(2_147_483_647).optional() }),
  answers: { 200: { description: 'The policy', schema: PolicyAnswer, headers } },
  problems: ['request.invalid', 'resource.unknown'],
  examples: [
    { name: 'The newest version', params: { name: 'completeness-v2' }, status: 200 },
    { name: 'Its first version', params: { name: 'completeness-v2' }, query: { version: '1' }, status: 200 },
    { name: 'A version that was never made', params: { name: 'confidence-v1' }, query: { version: '9' }, status: 404 },
  ],
  handle: async ({ params, query, who, deps }) => {
    const view = await deps.reader.policy(who.tenantId, params.name, query.version)
    if (!view) throw unknownResource()
    return { status: 200, body: showPolicy(view), headers: tagOf(view) }
  },
})

export const changePolicyThresholds = operation({
  id: 'changePolicy',
  method: 'patch',
  path: '/v1/policies/{name}',
  tag: 'Policies',
  summary: 'Change thresholds or the daily limit of a decision policy',
  description:
    'Makes the next version; the earlier ones stay readable. What is not named stays as it is. `maxDailyTasks` bounds the jobs that each workflow with this policy takes in on a day, which begins at midnight in the time zone of `/v1/settings`; what goes beyond is answered with 429 and `resetsAt`. What was decided keeps the version that decided it; new decisions follow the new version within 5 s. `If-Match` changes only the version that was read.',
  params: NameParams,
  headers: z.object({ 'If-Match': z.string().optional() }),
  body: { type: 'application/json', schema: PolicyChange.meta({ id: 'PolicyChange' }) },
  answers: { 200: { description: 'The new version', schema: PolicyAnswer, headers } },
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'policy.invalid', 'policy.changed'],
  examples: [
    {
      name: 'Complete from 0.9 on',
      params: { name: 'completeness-v2' },
      headers: { 'If-Match': '"completeness-v2-1"' },
      body: { thresholds: { highCompleteness: 0.9 } },
      status: 200,
    },
    {
      name: 'A thousand a day',
      params: { name: 'completeness-v2' },
      body: { maxDailyTasks: 1000 },
      status: 200,
    },
    {
      name: 'Limits that cross each other',
      params: { name: 'completeness-v2' },
      body: { thresholds: { mediumCompleteness: 0.9 } },
      status: 422,
    },
    {
      name: 'Changed meanwhile',
      params: { name: 'completeness-v2' },
      headers: { 'If-Match': '"completeness-v2-999"' },
      body: { thresholds: { highCompleteness: 0.9 } },
      status: 412,
    },
  ],
  handle: async ({ params: { name }, body, who, request, deps: { reader, writer } }) => {
    const view = await reader.policy(who.tenantId, name)
    if (!view) throw unknownResource()
    const wanted = expectedVersion(request, name, 'policy.changed')
    if (wanted !== null && wanted !== view.policy.version) throw changed(name)
    const next = changePolicy(view.policy, body)
    if ('problems' in next) throw new Problem('policy.invalid', next.problems[0]!.detail, { errors: next.problems })
    if ((await writer.savePolicy(who.tenantId, next.policy, who.actor)) === 'conflict') throw changed(name)
    const saved = await reader.policy(who.tenantId, name, next.policy.version)
    if (!saved) throw unknownResource()
    return { status: 200, body: showPolicy(saved), headers: tagOf(saved) }
  },
})

const changed = (name: string): Problem =>
  new Problem('policy.changed', `"${name}" is no longer at the version that the request names.`)
