import { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { contenderOf } from '../contenders/index.ts'
import { startRig, type Rig } from '../rig/rig.ts'
import type { Figure } from './figure.ts'
import { eachInTurn, oncePerRound, rounded } from './rounds.ts'

const OURS = 'stageline'
const PEER = 'bullmq'
const JOBS = 50_000
/** Buffers of clients and of the log shrink again. */
const SETTLE_MS = 3_000

/** Bytes that a job which waits for its first stage takes in Redis. */
async function bytesPerJob(name: string): Promise<number> {
  await using rig = await startRig(contenderOf(name))
  // They have published how large their bundles are; what comes now waits.
  await Promise.all(rig.workers.map((worker) => worker.stop()))
  const before = await usedMemory(rig)
  const submitted = rig.submitter.next('submitted')
  rig.submitter.ask({ kind: 'submit', from: 1, count: JOBS })
  await submitted
  return ((await usedMemory(rig)) - before) / JOBS
}

async function usedMemory({ servers }: Rig): Promise<number> {
  await delay(SETTLE_MS)
  const redis = new Redis(servers.redisUrl)
  const info = await redis.info('memory')
  redis.disconnect()
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
}

const rounds = oncePerRound((round, report) =>
  eachInTurn([OURS, PEER], round, async (name) => {
    const bytes = await bytesPerJob(name)
    report(`${name} ${rounded(bytes)} B a waiting job`)
    return bytes
  }),
)

export const redisMemory: Figure = {
  name: 'redis-memory',
  title: `Redis memory of a waiting job, ${JOBS.toLocaleString('en')} submitted in bulk`,
  unit: 'B',
  better: 'less',
  target: 60,
  floor: 120,
  reference: 'BullMQ 340 B with a small job; here its message carries the item of 1 kB',
  measure: async (options) => {
    const all = await rounds(options)
    const of = (name: string) => all.map((round) => round.get(name)!)
    return { values: of(OURS), peers: { [PEER]: of(PEER) } }
  },
}
