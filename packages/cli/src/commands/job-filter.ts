import type { components } from '@stageline/client'
import type { Option } from 'commander'
import { option } from '../command.ts'
import { withoutGaps } from '../without-gaps.ts'

type Filter = components['schemas']['JobFilter']

export type FilterOptions = {
  state?: string
  stage?: string
  workflow?: string
  batch?: string
  businessKey?: string
  tag?: string
  source?: string
  priority?: string
  errorCode?: string
  createdAfter?: string
  createdBefore?: string
}

/** By what jobs are listed, and chosen for what is done to many of them. */
export const filterOptions = (): Option[] => [
  option('--state <states>', 'only these, separated by commas: queued, processing, suspended, completed …'),
  option('--stage <name>', 'only jobs at this stage'),
  option('--workflow <key>', 'only jobs of this workflow'),
  option('--batch <id>', 'only jobs of this batch'),
  option('--business-key <text>', 'only jobs of this item'),
  option('--tag <text>', 'only jobs with this tag'),
  option('--source <key>', 'only jobs read from this source'),
  option('--priority <level>', 'only these').choices(['high', 'medium', 'low']),
  option('--error-code <code>', 'only jobs whose last failure has this code'),
  option('--created-after <time>', 'only later ones, like 2026-11-21T08:00:00Z'),
  option('--created-before <time>', 'only earlier ones'),
]

/** The filter that the options say; undefined where they say none. What is wrong in it the line says. */
export function filterFrom(options: FilterOptions): Filter | undefined {
  const { state, stage, workflow, batch, businessKey, tag, source, priority, errorCode, createdAfter, createdBefore } =
    options
  const filter = withoutGaps({
    state: state?.split(',') as Filter['state'],
    stage,
    workflow,
    batch,
    businessKey,
    tag,
    source,
    errorCode,
    createdAfter,
    createdBefore,
    priority: priority as Filter['priority'],
  })
  return Object.keys(filter).length === 0 ? undefined : filter
}
