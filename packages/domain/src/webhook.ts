import { z } from 'zod'
import { compilePredicate, EventName, predicateProblem, type TriggerEntry } from './trigger.ts'

type DomainEvent = { on: string; holds: (entry: TriggerEntry) => boolean }

/** What is one entry among others inside, under the name that it has outside. */
export const DOMAIN_EVENTS: Readonly<Record<string, DomainEvent>> = {
  TaskStateChanged: { on: 'task.*', holds: ({ from, to }) => from !== to },
  ActionPlanActivated: { on: 'plan.moved', holds: ({ to }) => to === 'active' },
  ActionPlanArchived: { on: 'plan.moved', holds: ({ to }) => to === 'archived' },
}

export const WebhookEvent = z.union([EventName, z.enum(Object.keys(DOMAIN_EVENTS))])

export const WebhookSettings = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .meta({ description: 'https; http only to what `STAGELINE_OUTBOUND_ALLOW` lets through' }),
    on: z.array(WebhookEvent).max(20).default([]).meta({
      description:
        'Events as `job.step`, all of a kind as `task.*`, or `TaskStateChanged`, `ActionPlanActivated`, `ActionPlanArchived`',
    }),
    when: z.string().min(1).max(1000).optional().meta({
      description: 'CEL over `entry`, such as `entry.to == "suspended"`; without it always',
    }),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ when }, { addIssue }) => {
    const problem = when === undefined ? undefined : predicateProblem(when)
    if (problem !== undefined) addIssue({ code: 'custom', path: ['when'], message: problem })
  })
  .meta({ id: 'WebhookSettings' })
export type WebhookSettings = z.infer<typeof WebhookSettings>

/** The events of histories that these names stand for. */
export const eventsBehind = (on: readonly string[]): string[] => on.map((name) => DOMAIN_EVENTS[name]?.on ?? name)

/** The name under which an entry is sent; undefined where it is not wanted. @throws as `Fits` */
export type NameFor = (entry: TriggerEntry) => string | undefined

export function compileWebhook({ on, when }: Pick<WebhookSettings, 'on' | 'when'>): NameFor {
  const holds = compilePredicate(when)
  return (entry) => {
    const wanted = on.find((name) => isNamed(name, entry))
    if (wanted === undefined || !holds(entry)) return undefined
    return wanted in DOMAIN_EVENTS ? wanted : `${entry.subject}.${entry.event}`
  }
}

function isNamed(name: string, entry: TriggerEntry): boolean {
  const domain = DOMAIN_EVENTS[name]
  if (domain) return isNamed(domain.on, entry) && domain.holds(entry)
  return name === `${entry.subject}.${entry.event}` || name === `${entry.subject}.*`
}

/** The body that is signed and sent. It is the same whenever it is made: a replay sends what was sent. */
export const webhookBody = (type: string, entry: TriggerEntry): string =>
  JSON.stringify({ type, timestamp: entry.at, data: entry })

const SECOND = 1_000
const [MINUTE, HOUR] = [60 * SECOND, 3_600 * SECOND]
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]

/** How long to wait after so many tries that failed; null when it is given up. What the receiver asks for is a minimum. */
export function pauseAfter(tries: number, retryAfterMs = 0): number | null {
  const pause = PAUSES[tries - 1]
  return pause === undefined ? null : Math.min(Math.max(pause, retryAfterMs), 24 * HOUR)
}
