/**
 * A fifth stage: says in one sentence what came of a document. It sees only what its input schema names, out of the job's
 * input and the outputs of the stages before it.
 */
import { Fields } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'

const Input = z.object({ kind: z.string(), fields: Fields, failedChecks: z.array(z.string()) })
const Output = z.object({ summary: z.string() })

export const summaryStage = () =>
  defineStage({
    name: 'summary',
    input: Input,
    output: Output,
    handle: ({ kind, fields, failedChecks }) => {
      const known = Object.values(fields).filter(({ value }) => value !== null).length
      const verdict = failedChecks.length === 0 ? 'all checks passed' : `failed: ${failedChecks.join(', ')}`
      return { summary: `${kind.replaceAll('_', ' ')} with ${known} fields, ${verdict}` }
    },
  })
