import {
  JOB_EDGES,
  JOB_STATES,
  STEP_EDGES,
  STEP_STATES,
  TASK_EDGES,
  TASK_STATES,
  TASK_TYPES,
  VERDICTS,
} from '@stageline/domain'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'

const Machine = z
  .object({ states: z.array(z.string()), edges: z.record(z.string(), z.array(z.string())) })
  .meta({ id: 'StateMachine' })

export const readMetadata = operation({
  id: 'getMetadata',
  method: 'get',
  path: '/v1/metadata',
  tag: 'System',
  summary: 'Read the states of jobs, steps and tasks and the ways between them',
  answers: {
    200: {
      description: 'The words of this API',
      schema: z
        .object({
          job: Machine,
          step: Machine,
          task: Machine,
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
      job: { states: JOB_STATES, edges: JOB_EDGES },
      step: { states: STEP_STATES, edges: STEP_EDGES },
      task: { states: TASK_STATES, edges: TASK_EDGES },
      taskTypes: TASK_TYPES,
      verdicts: VERDICTS,
    },
  }),
})
