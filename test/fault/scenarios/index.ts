/** All rows, in order. A new scenario is a file beside this one and a line here. */
import type { Scenario } from '../line/scenario.ts'
import { killWorker } from './01-kill-worker.ts'
import { killStage } from './02-kill-stage.ts'
import { killAfterCommit, killAtCodePoints } from './03-kill-after-commit.ts'
import { killGateway } from './04-kill-gateway.ts'
import { killOrchestrator } from './05-kill-orchestrator.ts'
import { killRedis10s, killRedis2s, killRedis60s } from './06-kill-redis.ts'
import { blackholeRedis, freezeRedis } from './07-silent-redis.ts'
import { flushRedis, flushRedis100k } from './08-flush-redis.ts'
import { promoteReplica, restoreOldRedis } from './09-rewind-redis.ts'
import { orphanMessages } from './10-orphan-messages.ts'
import { refusingRedis } from './11-refusing-redis.ts'
import { crashPostgres } from './12-crash-postgres.ts'
import { postgresDown } from './13-postgres-down.ts'
import { connectionsTaken } from './14-connections-taken.ts'
import { slowPostgres } from './15-slow-postgres.ts'
import { cutCommits } from './16-cut-commits.ts'
import { partitions } from './17-partition.ts'
import { wrongClocks } from './18-wrong-clocks.ts'
import { freezeWorker, stallWorker15s, stallWorker2s, stallWorker60s } from './19-stall-worker.ts'
import { filesDiskFull, postgresDiskFull } from './20-disk-full.ts'
import { poison } from './21-poison.ts'
import { malformed } from './22-malformed.ts'
import { duplicates } from './23-duplicates.ts'
import { backlogHerd, loadHerd, retryHerd } from './24-herd.ts'
import { rollingRestart } from './25-rolling-restart.ts'
import { mixedVersions } from './26-mixed-versions.ts'
import { bootWithoutPostgres, bootWithoutRedis } from './27-boot-without-store.ts'
import { pauseLong } from './29-pause-stage.ts'
import { randomMix } from './30-random-mix.ts'

export const SCENARIOS: readonly Scenario[] = [
  killWorker,
  killStage,
  killAfterCommit,
  killAtCodePoints,
  killGateway,
  killOrchestrator,
  killRedis2s,
  killRedis10s,
  killRedis60s,
  freezeRedis,
  blackholeRedis,
  flushRedis,
  flushRedis100k,
  restoreOldRedis,
  promoteReplica,
  orphanMessages,
  refusingRedis,
  crashPostgres,
  postgresDown,
  connectionsTaken,
  slowPostgres,
  cutCommits,
  ...partitions,
  wrongClocks,
  stallWorker2s,
  stallWorker15s,
  stallWorker60s,
  freezeWorker,
  postgresDiskFull,
  filesDiskFull,
  poison,
  malformed,
  duplicates,
  loadHerd,
  retryHerd,
  backlogHerd,
  rollingRestart,
  mixedVersions,
  bootWithoutRedis,
  bootWithoutPostgres,
  pauseLong,
  randomMix,
]
