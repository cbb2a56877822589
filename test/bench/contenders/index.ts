import { STAGES, WAITING } from '../rig/workload.ts'
import { bullmq } from './bullmq.ts'
import type { Contender } from './contender.ts'
import { graphileWorker } from './graphile-worker.ts'
import { pgBoss } from './pg-boss.ts'
import { stageline } from './stageline.ts'

const RECORDED = 'every step recorded in Postgres with history, counters and row-level security; orchestrator running'

/** In the order in which tables show them. The first is what all others are compared with. */
export const CONTENDERS: readonly Contender[] = [
  bullmq,
  stageline({
    name: 'stageline',
    title: 'Stageline, one worker process',
    settings: `runStages of four stages, submitJobs in chunks of 500; ${RECORDED}`,
    workers: [STAGES],
  }),
  stageline({
    name: 'stageline-processes',
    title: 'Stageline, a worker process a stage',
    settings: `runStage each, submitJobs in chunks of 500; ${RECORDED}`,
    workers: STAGES.map((stage) => [stage]),
  }),
  stageline({
    name: 'stageline-http',
    title: 'Stageline over HTTP',
    settings: `POST /v1/jobs:bulk through a gateway, one worker process; ${RECORDED}`,
    workers: [STAGES],
    http: true,
  }),
  stageline({
    name: 'stageline-calling',
    title: 'Stageline, one stage claims and goes alone',
    settings: `the third stage is callsOut with a bundle of 1 and 100 at a time; ${RECORDED}`,
    workers: [STAGES],
    items: 5_000,
    calling: 'bench-enrichment',
  }),
  stageline({
    name: 'stageline-traced',
    title: 'Stageline, one step in ten traced',
    settings: `as in one worker process, with a collector and OTEL_TRACES_SAMPLER_ARG=0.1; ${RECORDED}`,
    workers: [STAGES],
    traced: true,
  }),
  stageline({
    name: 'stageline-soak',
    title: 'Stageline over HTTP, what is finished leaves for files',
    settings: `as over HTTP, with RETENTION_JOBS=50000 and RETENTION_MIN_AGE=60; ${RECORDED}`,
    workers: [STAGES],
    http: true,
    serviceSettings: { RETENTION_JOBS: '50000', RETENTION_MIN_AGE: '60' },
  }),
  waiting(1),
  waiting(8),
  pgBoss,
  graphileWorker,
]

function waiting(processes: number): Contender {
  return stageline({
    name: `stageline-waiting-${processes}`,
    title: `Stageline, ${processes} worker processes of a stage that waits 10 ms`,
    settings: `a workflow of this stage alone, runStage with concurrency 4 and a bundle of 1; ${RECORDED}`,
    workers: Array.from({ length: processes }, () => [WAITING]),
    line: [WAITING],
  })
}

export function contenderOf(name: string): Contender {
  const contender = CONTENDERS.find((one) => one.name === name)
  if (!contender) throw new Error(`There is no contender ${name}`)
  return contender
}
