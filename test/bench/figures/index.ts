import { drainAfter } from './drain-after.ts'
import { costBeside, costOf, timesAsFast } from './drains.ts'
import { eventsTo } from './events.ts'
import type { Figure } from './figure.ts'
import { firstStage } from './first-stage.ts'
import { idleCpu, idleMemory } from './idle.ts'
import { latencyP50, latencyP99 } from './latency.ts'
import { redisMemory } from './redis-memory.ts'
import { scaleOut } from './scale-out.ts'
import { soak } from './soak.ts'
import { submitOne, submitOneP99 } from './submit-one.ts'
import { listsAt } from './lists.ts'

const PEERS = ['pg-boss', 'graphile-worker']

export const FIGURES: readonly Figure[] = [
  timesAsFast('stageline-http', [], {
    name: 'drain-http',
    title: 'A drain over HTTP: POST /v1/jobs:bulk, gateway counted',
    target: 1.7,
    floor: 1.2,
    reference: 'hand-chained BullMQ = 1.00, without HTTP and record',
  }),
  timesAsFast('stageline', PEERS, {
    name: 'drain',
    title: 'A drain in process, one worker process for all stages, submit included',
    target: 2.2,
    floor: 1.7,
    reference: 'pg-boss 1.4 to 1.5; a study of the design 2.27; its floor 2.9',
  }),
  timesAsFast('stageline-processes', [], {
    name: 'drain-processes',
    title: 'The same with a worker process a stage',
    target: 2,
    floor: 1.5,
    reference: 'study 2.12; BullMQ with a process a stage 0.72',
  }),
  costOf('stageline', PEERS, {
    name: 'cpu',
    title: 'Processor time of a drain in process, all processes',
    target: 0.3,
    floor: 0.4,
    reference: 'on the machine of the study: BullMQ 0.56, pg-boss 0.41, study 0.27',
  }),
  timesAsFast('stageline-calling', [], {
    name: 'drain-calling',
    title: 'A drain with a stage in the middle that claims each step and goes alone (bundle 1)',
    target: 1,
    floor: 0.7,
    reference: 'study with one id a message 0.62',
  }),
  costBeside('stageline-traced', 'stageline', {
    name: 'tracing',
    title: 'Processor time of a drain in process with one step in ten traced',
    target: 1.05,
    floor: 1.1,
    reference: 'the same without traces',
  }),
  submitOne,
  submitOneP99,
  latencyP50,
  latencyP99,
  firstStage,
  redisMemory,
  drainAfter(10_000, 1_000_000, {
    name: 'drain-after-million',
    title: 'The drain in process with 1,000,000 finished jobs in the record',
    target: 0.9,
    floor: 0.75,
    reference: 'the same with 10,000',
  }),
  scaleOut,
  listsAt(1_000_000, {
    name: 'lists-at-million',
    title: 'The slowest kind of list, filter, count or search over HTTP at 1,000,000 jobs, p95',
    target: 50,
    floor: 100,
    reference: 'boards of BullMQ slow down past 100,000',
  }),
  eventsTo({
    name: 'events',
    title: 'From a commit to those who follow it: 1,000 listeners, each event to 10, 500 a second, p99',
    target: 250,
    floor: 500,
    reference: 'none',
  }),
  soak({
    name: 'soak',
    title: 'Half an hour at 70 % of the peak with retention on: the most that latency, memory or the record has grown',
    reference: 'none',
  }),
  idleCpu,
  idleMemory,
]
