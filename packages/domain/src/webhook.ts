import { z } from 'zod'
import { compilePredicate, EventName, fillText, predicateProblem, type TriggerEntry } from './trigger.ts'

type DomainEvent = { on: string; holds: (entry: TriggerEntry) => boolean }

/** What is one entry among others inside, under the name that it has outside. */
export const DOMAIN_EVENTS: Readonly<Record<string, DomainEvent>> = {
  TaskStateChanged: { on: 'task.*', holds: ({ from, to }) => from !== to },
  ActionPlanActivated: { on: 'plan.moved', holds: ({ to }) => to === 'active' },
  ActionPlanArchived: { on: 'plan.moved', holds: ({ to }) => to === 'archived' },
}

export const WebhookEvent = z.union([EventName, z.enum(Object.keys(DOMAIN_EVENTS))])

export const WEBHOOK_FORMATS = ['standard', 'slack'] as const

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
    format: z.enum(WEBHOOK_FORMATS).default('standard').meta({
      description: '`slack`: a line of text, for an incoming webhook of Slack',
    }),
    text: z.string().trim().min(1).max(2000).optional().meta({
      description: 'With `slack`: what it says, with values of the entry as in `Look at {entry.title}`',
    }),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ format, text }, { addIssue }) => {
    const message = 'Only the format `slack` has a text'
    if (format !== 'slack' && text !== undefined) addIssue({ code: 'custom', path: ['text'], message })
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
export const webhookBody = ({ format, text }: WebhookSettings, type: string, entry: TriggerEntry): string =>
  JSON.stringify(
    format === 'slack'
      ? { text: text === undefined ? slackText(type, entry) : fillText(text, entry, MOST_OF_SLACK, forSlack) }
      : { type, timestamp: entry.at, data: entry },
  )

/** Slack cuts off what is longer. */
const MOST_OF_SLACK = 4000

function slackText(type: string, entry: TriggerEntry): string {
  const { subject, subjectId, workflow, title, businessKey, from, to, code, message, actor, reason } = entry
  const what = [workflow, title ?? businessKey].filter(Boolean).join(' ') || subjectId
  const lines = [
    `${subject} ${what}: ${from === null || from === to ? to : `${from} → ${to}`}`,
    code === null ? '' : `${code}: ${message ?? ''}`,
    `by ${actor}${reason === null ? '' : `: ${reason}`}`,
  ]
  return `*${type}* ${forSlack(lines.filter(Boolean).join('\n'))}`.slice(0, MOST_OF_SLACK)
}

/** What somebody wrote must not mention everybody, or look like a link to elsewhere. */
const forSlack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const SECOND = 1_000
const [MINUTE, HOUR] = [60 * SECOND, 3_600 * SECOND]
const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]

/** How long to wait after so many tries that failed; null when it is given up. What the receiver asks for is a minimum. */
export function pauseAfter(tries: number, retryAfterMs = 0): number | null {
  const pause = PAUSES[tries - 1]
  return pause === undefined ? null : Math.min(Math.max(pause, retryAfterMs), 24 * HOUR)
}
