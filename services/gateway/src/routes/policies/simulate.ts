import { PolicyRehearsal, Prices, Rehearsal, type Policy } from '@stageline/domain'
import type { DecisionFilter } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { PolicyAsked, policyAsked } from './evaluate.ts'
import { PolicyName } from './policy-answer.ts'

/** Rows read at a time, and in all: decisions of other policies are read past. */
const PAGE = 1_000
const MOST_SCANNED = 500_000
const LONGEST_MS = 20_000

const SimulateBody = z
  .strictObject({
    ...PolicyAsked,
    policy: PolicyName.optional().meta({ description: 'Default: the one that the workflow names' }),
    workflow: z.string().min(1).max(63).optional().meta({
      description: 'Only decisions about its jobs, whichever policy made them. Without it: all that the policy made',
    }),
    from: z.iso.datetime().optional().meta({ description: 'Only jobs accepted from then on' }),
    to: z.iso.datetime().optional().meta({ description: 'Only jobs accepted before; default: now' }),
    last: z.number().int().min(1).max(100_000).default(10_000).meta({ description: 'At most so many, the newest' }),
    prices: Prices.optional(),
    samples: z.number().int().min(0).max(200).default(20).meta({ description: 'Changed items to show' }),
  })
  .refine(({ policy, workflow }) => policy !== undefined || workflow !== undefined, {
    path: ['policy'],
    error: 'Name a policy, a workflow, or both',
  })
  .meta({ id: 'SimulatePolicy' })
type SimulateBody = z.output<typeof SimulateBody>

const SimulateAnswer = Rehearsal.extend({
  policy: z.string(),
  version: z.number().int().meta({ description: 'A changed policy has the number that its next version would get' }),
  to: z.iso.datetime(),
  oldest: z.iso.datetime().nullable().meta({ description: 'When the oldest of the decisions was made' }),
  complete: z.boolean().meta({ description: 'False when time or rows ran out before all that was asked for was read' }),
}).meta({ id: 'PolicyRehearsal' })

const change = { thresholds: { highCompleteness: 0.9 } }

export const simulatePolicy = operation({
  id: 'simulatePolicy',
  method: 'post',
  path: '/v1/policies:simulate',
  tag: 'Policies',
  summary: 'What a changed policy would have decided',
  description:
    'Makes recorded decisions again, with the factors that each was made with, and changes nothing: how many more or fewer would go to people, which known errors would have been caught or missed, what it would cost. Routes that somebody chose stay; daily limits are not rehearsed. Repeated with the same `to` it gives the same answer, later corrections aside. Reads for at most 20 s.',
  body: { type: 'application/json', schema: SimulateBody },
  answers: { 200: { description: 'What would have been different', schema: SimulateAnswer } },
  problems: ['request.invalid', 'request.not_json', 'policy.unknown', 'policy.invalid', 'workflow.unknown'],
  examples: [
    {
      name: 'Complete from 0.9 on, with what an item costs',
      body: { policy: 'completeness-v2', change, prices: { person: 4, automation: 0.1 } },
      status: 200,
    },
    { name: 'Another policy for a workflow', body: { workflow: 'part', policy: 'priority-threshold-v1' }, status: 200 },
    { name: 'A workflow that nobody made', body: { workflow: 'no-such' }, status: 422 },
    { name: 'Neither policy nor workflow', body: { last: 10 }, status: 400 },
  ],
  handle: async ({ body, who, deps }) => {
    const policy = await candidate(body, who.tenantId, deps)
    const to = body.to ?? deps.now().toISOString()
    const rehearsal = new PolicyRehearsal(policy, { prices: body.prices, samples: body.samples })
    const read = await rehearse(rehearsal, { ...body, to }, (filter, page) =>
      deps.reader.pastDecisions(who.tenantId, filter, page),
    )
    const { name, version } = policy
    return { status: 200, body: { policy: name, version, to, ...read, ...rehearsal.report() } }
  },
})

/** The policy that is tried: the one that is named, or the one of the workflow. */
async function candidate(body: SimulateBody, tenantId: string, deps: GatewayDeps): Promise<Policy> {
  const { workflow: key, version, change: changed } = body
  const workflow = key === undefined ? undefined : await deps.reader.workflow(tenantId, key)
  if (key !== undefined && !workflow) throw new Problem('workflow.unknown', `There is no workflow "${key}".`)
  const name = body.policy ?? workflow?.definition.policy?.name
  if (name === undefined) throw new Problem('policy.unknown', `Workflow "${key}" names no policy: name one here.`)
  return policyAsked({ policy: name, version, change: changed }, tenantId, deps)
}

type Read = (
  filter: DecisionFilter,
  page: { after: string | null; scan: number },
) => ReturnType<GatewayDeps['reader']['pastDecisions']>

/** A page at a time, so that neither memory nor a transaction grows with the history. */
async function rehearse(
  rehearsal: PolicyRehearsal,
  { policy, workflow, from, to, last }: SimulateBody & { to: string },
  read: Read,
): Promise<{ oldest: string | null; complete: boolean }> {
  const filter = withoutGaps({
    ...(workflow === undefined ? { policy } : { workflow }),
    createdAfter: from === undefined ? undefined : new Date(from),
    createdBefore: new Date(to),
  })
  const endsAt = performance.now() + LONGEST_MS
  let [after, scanned, oldest] = [null as string | null, 0, null as string | null]
  while (rehearsal.decisions < last) {
    if (performance.now() > endsAt || scanned >= MOST_SCANNED) return { oldest, complete: false }
    const page = await read(filter, { after, scan: PAGE })
    for (const past of page.items.slice(0, last - rehearsal.decisions)) {
      rehearsal.add(past)
      oldest = past.at
    }
    scanned += page.scanned
    after = page.next
    if (after === null) break
  }
  return { oldest, complete: true }
}
