import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import { command, countOption, option, type Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readJsonObject } from '../input/read-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import { withoutGaps } from '../without-gaps.ts'

type Decision = Pick<components['schemas']['Decision'], 'route' | 'rule' | 'reason' | 'policy' | 'version' | 'receipt'>
type Evaluation = components['schemas']['EvaluateDecision']
type Checked = components['schemas']['CheckedDecisions']['items'][number]

const JOB = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'

type EvaluateOptions = { policy: string; policyVersion?: number; thresholds?: string }

const evaluate = command<EvaluateOptions>({
  name: 'decisions evaluate',
  summary: 'What a policy would decide, automation or a person',
  about: 'Stores nothing. Factors that are not given count as not known.',
  arguments: [{ name: '<factors>', about: 'JSON, @file, or - for stdin' }],
  options: [
    option('--policy <name>', 'which').default('completeness-v2'),
    countOption('--policy-version <n>', 'which of its versions; without it the newest', 1_000_000_000),
    option('--thresholds <json>', 'what if these were different: JSON, @file, or - for stdin'),
  ],
  examples: [
    {
      does: 'Half complete, of a reliable maker',
      line: `stageline decisions evaluate '{"completeness": 0.6, "reliability": 0.7, "priority": 0.5}'`,
    },
    {
      does: 'With another threshold',
      line: `stageline decisions evaluate '{"completeness": 0.6}' --thresholds '{"highCompleteness": 0.6}'`,
    },
  ],
  run: async ({ client, out, source }, [given = ''], { policy, policyVersion: version, thresholds }) => {
    const factors = await readJsonObject('the factors:', given, source)
    const changed = thresholds === undefined ? undefined : await readJsonObject('--thresholds', thresholds, source)
    // What is no factor or threshold the line names.
    const change = changed && { thresholds: changed as Record<string, number> }
    const body = { policy, factors: factors as Evaluation['factors'], ...withoutGaps({ version, change }) }
    const decision = await ask(client.http.POST('/v1/decisions:evaluate', { body }))
    out.show(decision, () => decisionText(decision))
  },
})

const decisionText = ({ route, rule, reason, policy, version, receipt }: Decision): string =>
  facts([
    ['route', route],
    ['rule', rule],
    ['why', reason],
    ['policy', `${policy}, version ${version}`],
    ['receipt', receipt],
  ])

const check = command<{ receipt?: string }>({
  name: 'decisions check',
  summary: 'Show what was decided about a job, and make it again',
  about: 'A decision holds when its policy makes the same of the recorded factors. Ends with 1 when one does not hold.',
  arguments: [{ name: '<job>', about: 'id of the job' }],
  options: [option('--receipt <receipt>', 'only this decision')],
  examples: [
    { does: 'Who got it, and by which rule', line: `stageline decisions check ${JOB}` },
    { does: 'One decision', line: `stageline decisions check ${JOB} --receipt dr1-0123456789abcdef` },
  ],
  run: async ({ client, out }, [jobId = ''], { receipt }) => {
    const body = { jobId, ...withoutGaps({ receipt }) }
    const checked = await ask(client.http.POST('/v1/decisions:check', { body }))
    out.show(checked, () =>
      checked.items.length === 0 ? 'Nothing was decided about this job' : table(checked.items, COLUMNS, out.width),
    )
    return checked.items.every(({ holds }) => holds) ? EXIT.ok : EXIT.failed
  },
})

const COLUMNS: Column<Checked>[] = [
  { title: 'at', of: ({ step }) => step ?? 'intake', shrinkTo: 8 },
  { title: 'route', of: ({ recorded }) => recorded.route },
  { title: 'rule', of: ({ recorded }) => recorded.rule, shrinkTo: 10 },
  { title: 'policy', of: ({ policy, version }) => `${policy} ${version}`, shrinkTo: 10 },
  { title: 'receipt', of: ({ receipt }) => receipt ?? '–' },
  { title: 'holds', of: ({ holds }) => (holds ? 'yes' : 'NO') },
]

export const DECISION_COMMANDS: readonly Command[] = [evaluate, check]
