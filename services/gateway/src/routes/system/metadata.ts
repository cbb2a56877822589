import {
  JOB_EDGES,
  JOB_STATES,
  PLAN_EDGES,
  PLAN_STATES,
  STEP_EDGES,
  STEP_STATES,
  TASK_EDGES,
  TASK_STATES,
  TASK_TYPES,
  VERDICTS,
} from '@stageline/domain'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'

export const Machine = z
  .object({
    states: z.array(z.string()),
    edges: z.record(z.string(), z.array(z.string())),
    mermaid: z.string().meta({ description: 'The same as a Mermaid state diagram' }),
  })
  .meta({ id: 'StateMachine' })

export const readMetadata = operation({
  id: 'getMetadata',
  method: 'get',
  path: '/v1/metadata',
  tag: 'System',
  summary: 'Read the states of jobs, steps, tasks and plans and the ways between them',
  answers: {
    200: {
      description: 'The words of this API',
      schema: z
        .object({
          job: Machine,
          step: Machine,
          task: Machine,
          plan: Machine,
          taskTypes: z.array(z.string()),
          verdicts: z.array(z.string()),
        })
        .meta({ id: 'Metadata' }),
    },
  },
  problems: [],
  examples: [{ name: 'All of it', status: 200 }],
  handle: async () => ({
    status: 200,
    body: {
      job: machine(JOB_STATES, JOB_EDGES),
      step: machine(STEP_STATES, STEP_EDGES),
      task: machine(TASK_STATES, TASK_EDGES),
      plan: machine(PLAN_STATES, PLAN_EDGES),
      taskTypes: TASK_TYPES,
      verdicts: VERDICTS,
    },
  }),
})

type Edges = Readonly<Record<string, readonly string[]>>

const machine = (states: readonly string[], edges: Edges) => ({ states, edges, mermaid: mermaidOf(edges) })

function mermaidOf(edges: Edges): string {
  const lines = Object.entries(edges).flatMap(([from, to]) =>
    (to.length > 0 ? to : ['[*]']).map((one) => `  ${from} --> ${one}`),
  )
  return ['stateDiagram-v2', ...lines].join('\n')
}
