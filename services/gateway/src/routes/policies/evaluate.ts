import { changePolicy, DecisionFactors, evaluatePolicy, PolicyChange, Route, type Policy } from '@stageline/domain'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import { DecisionAnswer, PolicyName, PolicyVersion } from './policy-answer.ts'

/** A policy as a request names it: a version, the newest one, or that with other thresholds. */
export const PolicyAsked = {
  policy: PolicyName,
  version: PolicyVersion.optional().meta({ description: 'Default: the newest one' }),
  change: PolicyChange.optional().meta({ description: 'What is to be different from that version' }),
}
type PolicyAsked = { policy: string; version?: number | undefined; change?: PolicyChange | undefined }

/** @throws Problem `policy.unknown`, `policy.invalid` */
export async function policyAsked(
  { policy: name, version, change }: PolicyAsked,
  tenantId: string,
  { reader }: Pick<GatewayDeps, 'reader'>,
): Promise<Policy> {
  const view = await reader.policy(tenantId, name, version)
  if (!view) throw new Problem('policy.unknown', `There is no policy "${name}"${version ? ` ${version}` : ''}.`)
  if (!change) return view.policy
  const next = changePolicy(view.policy, change)
  if ('policy' in next) return next.policy
  const errors = next.problems.map(({ pointer, detail }) => ({ pointer: `/change${pointer}`, detail }))
  throw new Problem('policy.invalid', errors[0]!.detail, { errors })
}

const EvaluateBody = z
  .strictObject({
    ...PolicyAsked,
    factors: z.strictObject(DecisionFactors.shape).meta({ description: 'What is not known stays absent' }),
    force: Route.optional().meta({ description: 'Chooses the route instead of the policy' }),
  })
  .meta({ id: 'EvaluateDecision' })

const factors = { completeness: 0.6, reliability: 0.7, priority: 0.5 }

export const evaluateDecision = operation({
  id: 'evaluateDecision',
  method: 'post',
  path: '/v1/decisions:evaluate',
  tag: 'Policies',
  summary: 'What a policy would decide',
  description: 'Stores nothing. Equal factors and an equal version give an equal decision, now and later.',
  body: { type: 'application/json', schema: EvaluateBody },
  answers: { 200: { description: 'Route, factors, the rule that fired, policy and version', schema: DecisionAnswer } },
  problems: ['request.invalid', 'request.not_json', 'policy.unknown', 'policy.invalid'],
  examples: [
    { name: 'Half complete, of a reliable source', body: { policy: 'completeness-v2', factors }, status: 200 },
    {
      name: 'With another threshold',
      body: { policy: 'completeness-v2', factors, change: { thresholds: { minPriority: 0.6 } } },
      status: 200,
    },
    { name: 'A policy that nobody made', body: { policy: 'no-such', factors }, status: 422 },
    { name: 'A share beyond 1', body: { policy: 'completeness-v2', factors: { priority: 1.5 } }, status: 400 },
  ],
  handle: async ({ body, who, deps }) => {
    const policy = await policyAsked(body, who.tenantId, deps)
    const forced = body.force && { route: body.force, by: who.actor }
    return { status: 200, body: evaluatePolicy(policy, body.factors, forced) }
  },
})
