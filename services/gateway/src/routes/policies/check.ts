import { checkDecision, Decision, Route } from '@stageline/domain'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'

const CheckBody = z
  .strictObject({
    jobId: Id,
    receipt: z
      .string()
      .regex(/^dr1-[0-9a-z]{16}$/)
      .optional()
      .meta({ description: 'Default: all decisions about the job' }),
  })
  .meta({ id: 'CheckDecisions' })

const CheckAnswer = z
  .object({
    items: z.array(
      z.object({
        receipt: z
          .string()
          .nullable()
          .meta({ description: 'As recorded; null for one from before there were receipts' }),
        holds: z.boolean().meta({ description: 'The same factors and version give the same rule and route' }),
        step: z.string().nullable(),
        at: z.string(),
        policy: z.string(),
        version: z.number().int(),
        recorded: z.object({ route: Route, rule: z.string() }),
        again: z
          .object({ route: Route, rule: z.string(), receipt: z.string() })
          .nullable()
          .meta({ description: 'Null where that version of the policy is not there' }),
      }),
    ),
  })
  .meta({ id: 'CheckedDecisions' })

export const checkDecisions = operation({
  id: 'checkDecisions',
  method: 'post',
  path: '/v1/decisions:check',
  tag: 'Policies',
  summary: 'Make recorded decisions again by their receipts',
  description:
    'A receipt names what was decided from what: factors, policy, version, rule and route. It holds when the version that decided makes the same of the recorded factors, and the record still carries that receipt.',
  body: { type: 'application/json', schema: CheckBody },
  answers: { 200: { description: 'Each decision, and whether it holds', schema: CheckAnswer } },
  problems: ['request.invalid', 'request.not_json', 'resource.unknown'],
  examples: [
    { name: 'All decisions about a job', body: { jobId: EXAMPLE.job }, status: 200 },
    { name: 'A receipt of another job', body: { jobId: EXAMPLE.job, receipt: 'dr1-0000000000000000' }, status: 404 },
  ],
  handle: async ({ body: { jobId, receipt }, who, deps }) => {
    const job = await deps.reader.job(who.tenantId, jobId)
    if (!job) throw unknownResource()
    const made = job.decisions.map(({ decision, ...about }) => ({ ...about, decision: Decision.parse(decision) }))
    const wanted = made.filter(({ decision }) => receipt === undefined || decision.receipt === receipt)
    if (receipt !== undefined && wanted.length === 0) throw unknownResource()
    const items = await Promise.all(wanted.map((one) => checkAgain(one, who.tenantId, deps)))
    return { status: 200, body: { items } }
  },
})

async function checkAgain(
  { decision, step, at }: { decision: Decision; step: string | null; at: string },
  tenantId: string,
  { reader }: Pick<GatewayDeps, 'reader'>,
): Promise<z.infer<typeof CheckAnswer>['items'][number]> {
  const { policy, version, route, rule, receipt = null } = decision
  const about = { receipt, step, at, policy, version, recorded: { route, rule } }
  const view = await reader.policy(tenantId, policy, version)
  if (!view) return { ...about, holds: false, again: null }
  const { holds, again } = checkDecision(decision, view.policy)
  return { ...about, holds, again: { route: again.route, rule: again.rule, receipt: again.receipt ?? '' } }
}
