import { DAY_SAMPLE, MOST_TASKS, type AutomationDay } from '@stageline/engine/ports'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { share } from './figures.ts'

const count = z.number().int()
const Day = z.string().meta({ description: 'A day of your time zone' })
const DaysQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(31).default(14).meta({ description: 'How many days, today included' }),
})

export const readAutomation = operation({
  id: 'getAutomation',
  method: 'get',
  path: '/v1/views/automation',
  tag: 'Views',
  summary: 'Read day by day how much automation does alone, and what was sent to whom',
  description: `A job counts on the day of its acceptance. Of each day the last ${DAY_SAMPLE} jobs are looked at; where there may be more, \`isSample\` is true. A day without jobs is left out.`,
  query: DaysQuery,
  answers: {
    200: {
      description: 'The days, the earliest first',
      schema: z
        .object({
          items: z.array(
            z.object({
              day: Day,
              jobs: count,
              isSample: z.boolean(),
              toAutomation: count.meta({ description: 'Jobs that decisions sent to automation only' }),
              toPerson: count.meta({ description: 'Jobs that some decision sent to a person' }),
              completed: count,
              completedAlone: count.meta({ description: 'Completed, and no step ever waited for a person' }),
              automationRate: z
                .number()
                .nullable()
                .meta({ description: 'The share of the completed that completed alone, 0 to 1' }),
            }),
          ),
        })
        .meta({ id: 'Automation' }),
    },
  },
  problems: ['request.invalid'],
  examples: [
    { name: 'Of a week', query: { days: '7' }, status: 200 },
    { name: 'Of a year', query: { days: '365' }, status: 400 },
  ],
  handle: async ({ query, who, deps }) => {
    const days = await deps.figures.automation(who.tenantId, query.days)
    return { status: 200, body: { items: days.map((day) => ({ ...day, automationRate: rateOf(day) })) } }
  },
})

const rateOf = ({ completed, completedAlone }: AutomationDay): number | null => share(completedAlone, completed)

export const readDesk = operation({
  id: 'getTaskFigures',
  method: 'get',
  path: '/v1/views/tasks',
  tag: 'Views',
  summary: 'Read how long open tasks have waited, and how many each person has done a day',
  description: `Ages are of now, of the ${MOST_TASKS} oldest tasks of each open state. What was done is counted among the ${MOST_TASKS} completed tasks that were opened last; where there may be more, \`isShortened\` is true.`,
  query: DaysQuery,
  answers: {
    200: {
      description: 'The figures',
      schema: z
        .object({
          open: count,
          ages: z
            .object({ medianMs: z.number(), p90Ms: z.number(), oldestMs: z.number() })
            .nullable()
            .meta({ description: 'Since they were opened; null where none is open' }),
          isShortened: z.boolean(),
          done: z.array(z.object({ day: Day, person: z.string(), count })),
        })
        .meta({ id: 'TaskFigures' }),
    },
  },
  problems: ['request.invalid'],
  examples: [{ name: 'Of a week', query: { days: '7' }, status: 200 }],
  handle: async ({ query, who, deps }) => ({ status: 200, body: await deps.figures.desk(who.tenantId, query.days) }),
})
