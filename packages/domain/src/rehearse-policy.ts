import { z } from 'zod'
import { decide, Route, type Decision, type Policy } from './policy.ts'

/** A decision as it was recorded, and whether the item is known to have gone wrong since. */
export type PastDecision = {
  jobId: string
  /** Null: at intake. */
  step: string | null
  at: string
  decision: Decision
  /** Automation gave it up, or a person corrected or discarded what automation had made of it. */
  wasWrong: boolean
}

const Count = z.number().int().nonnegative()
const BeforeAndAfter = z.object({ recorded: Count, rehearsed: Count })

export const Prices = z.strictObject({
  person: z.number().nonnegative().meta({ description: 'Of an item that a person does' }),
  automation: z.number().nonnegative().meta({ description: 'Of an item that automation does' }),
})
export type Prices = z.infer<typeof Prices>

const ChangedItem = z.object({
  jobId: z.string(),
  step: z.string().nullable(),
  at: z.string(),
  recorded: z.object({ route: Route, rule: z.string(), version: z.number().int() }),
  rehearsed: z.object({ route: Route, rule: z.string(), reason: z.string() }),
  wasWrong: z.boolean(),
})

export const Rehearsal = z.object({
  decisions: Count.meta({ description: 'Recorded decisions that were made again' }),
  toPeople: BeforeAndAfter,
  toAutomation: BeforeAndAfter,
  moved: z
    .object({ toPeople: Count, toAutomation: Count })
    .meta({ description: 'Decisions that would now go the other way' }),
  rules: z.record(z.string(), BeforeAndAfter).meta({ description: 'How often each rule fired' }),
  errors: z
    .object({
      known: Count.meta({ description: 'Items that automation gave up, or whose outcome a person corrected' }),
      withPeople: BeforeAndAfter.meta({ description: 'Of those, how many went to a person at this decision' }),
      caught: Count.meta({ description: 'Went to automation, and would now go to a person' }),
      missed: Count.meta({ description: 'Went to a person, and would now go to automation' }),
    })
    .meta({ description: 'Of what is known to have gone wrong' }),
  cost: z
    .object({ recorded: z.number(), rehearsed: z.number(), difference: z.number(), percent: z.number().nullable() })
    .optional(),
  changed: z.array(ChangedItem).meta({ description: 'The newest of the decisions that would go the other way' }),
})
export type Rehearsal = z.infer<typeof Rehearsal>

type Options = {
  prices?: Prices | undefined
  /** So many changed items are kept to be shown. */
  samples: number
}

/**
 * Makes recorded decisions again under another policy, with the very factors that each was made with: what it would have
 * changed. A route that somebody chose stays. The same decisions in the same order give the same answer, and keep no more
 * than counts and the samples.
 */
export class PolicyRehearsal {
  readonly #policy: Policy
  readonly #options: Options
  readonly #rules = new Map<string, { recorded: number; rehearsed: number }>()
  readonly #changed: Rehearsal['changed'] = []
  readonly #toPeople = { recorded: 0, rehearsed: 0 }
  readonly #errorsWithPeople = { recorded: 0, rehearsed: 0 }
  readonly #moved = { toPeople: 0, toAutomation: 0 }
  readonly #errors = { known: 0, caught: 0, missed: 0 }
  #decisions = 0

  constructor(policy: Policy, options: Options) {
    this.#policy = policy
    this.#options = options
  }

  get decisions(): number {
    return this.#decisions
  }

  add(past: PastDecision): void {
    const { factors, forcedBy, ...recorded } = past.decision
    const forced = forcedBy === undefined ? undefined : { route: recorded.route, by: forcedBy }
    const rehearsed = decide(this.#policy, factors, forced)
    this.#decisions += 1
    count(this.#toPeople, recorded, rehearsed)
    this.#ruleOf(recorded.rule).recorded += 1
    this.#ruleOf(rehearsed.rule).rehearsed += 1
    if (past.wasWrong) this.#addError(recorded.route, rehearsed.route)
    if (recorded.route !== rehearsed.route) this.#addChange(past, rehearsed)
  }

  report(): Rehearsal {
    const { recorded, rehearsed } = this.#toPeople
    const cost = this.#cost()
    return {
      decisions: this.#decisions,
      toPeople: { recorded, rehearsed },
      toAutomation: { recorded: this.#decisions - recorded, rehearsed: this.#decisions - rehearsed },
      moved: this.#moved,
      rules: Object.fromEntries([...this.#rules].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      errors: { ...this.#errors, withPeople: this.#errorsWithPeople },
      ...(cost ? { cost } : {}),
      changed: this.#changed,
    }
  }

  #ruleOf(rule: string): { recorded: number; rehearsed: number } {
    const known = this.#rules.get(rule) ?? { recorded: 0, rehearsed: 0 }
    this.#rules.set(rule, known)
    return known
  }

  #addError(recorded: Route, rehearsed: Route): void {
    this.#errors.known += 1
    count(this.#errorsWithPeople, { route: recorded }, { route: rehearsed })
    if (recorded === rehearsed) return
    if (rehearsed === 'person') this.#errors.caught += 1
    else this.#errors.missed += 1
  }

  #addChange({ decision, ...past }: PastDecision, rehearsed: Decision): void {
    if (rehearsed.route === 'person') this.#moved.toPeople += 1
    else this.#moved.toAutomation += 1
    if (this.#changed.length >= this.#options.samples) return
    const { route, rule, version } = decision
    const { route: to, rule: by, reason } = rehearsed
    this.#changed.push({ ...past, recorded: { route, rule, version }, rehearsed: { route: to, rule: by, reason } })
  }

  #cost(): Rehearsal['cost'] {
    const { prices } = this.#options
    if (!prices) return undefined
    const of = (people: number) => round(people * prices.person + (this.#decisions - people) * prices.automation)
    const [recorded, rehearsed] = [of(this.#toPeople.recorded), of(this.#toPeople.rehearsed)]
    const difference = round(rehearsed - recorded)
    return { recorded, rehearsed, difference, percent: recorded === 0 ? null : round((100 * difference) / recorded) }
  }
}

function count(into: { recorded: number; rehearsed: number }, was: { route: Route }, is: { route: Route }): void {
  if (was.route === 'person') into.recorded += 1
  if (is.route === 'person') into.rehearsed += 1
}

const round = (amount: number): number => Math.round(amount * 100) / 100
