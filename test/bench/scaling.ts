/** What one job costs, as measured. Seconds are of a processor. */
export type Measured = {
  cpuSecondsPer1000: { intake: number; worker: number; orchestrator: number; postgres: number; redis: number }
  /** How much the time of a job spreads about its mean: 1 as in a lottery, 0 always the same. */
  variation: number
  bytesPerJob: { record: number; wal: number; waitingInRedis: number }
}

/** How far one of each goes. */
export type Limits = {
  postgresCores: number
  walBytesPerSecond: number
  recordBytes: number
  redisCores: number
  redisBytes: number
}

export type Assumed = {
  /** The busiest hour of a day, as a multiple of the mean. */
  peak: number
  /** How busy anything is to be at the peak. */
  utilisation: number
  retentionDays: number
  /** So long everything may stand still at the peak, with what comes in meanwhile waiting in Redis. */
  standstillHours: number
}

export type Need = {
  jobsPerDay: number
  peakPerSecond: number
  workers: number
  intakes: number
  orchestrators: number
  utilisation: number
  /** A job's wait for a free worker at the peak. */
  waitMs: number
  postgresCores: number
  redisCores: number
  walBytesPerSecond: number
  recordBytes: number
  redisBytes: number
  /** How many of one machine's it needs, by limit; the greatest binds first. */
  shares: Record<keyof Limits, number>
  binds: keyof Limits
  /** Workers for the mean only: how long after the peak the last job is done that had to wait. */
  delayHours: number
}

const DAY_SECONDS = 86_400

export function needsOf(
  jobsPerDay: number,
  { cpuSecondsPer1000: cpu, variation, bytesPerJob }: Measured,
  limits: Limits,
  { peak, utilisation, retentionDays, standstillHours }: Assumed,
): Need {
  const mean = jobsPerDay / DAY_SECONDS
  const rate = mean * peak
  const cores = (seconds: number) => (rate * seconds) / 1_000
  const processes = (seconds: number) => Math.max(1, Math.ceil(cores(seconds) / utilisation))
  const workers = processes(cpu.worker)
  const needed = {
    postgresCores: cores(cpu.postgres) / utilisation,
    walBytesPerSecond: rate * bytesPerJob.wal,
    recordBytes: jobsPerDay * retentionDays * bytesPerJob.record,
    redisCores: cores(cpu.redis) / utilisation,
    redisBytes: rate * 3_600 * standstillHours * bytesPerJob.waitingInRedis,
  }
  const shares = Object.fromEntries(
    Object.entries(needed).map(([name, value]) => [name, value / limits[name as keyof Limits]]),
  ) as Need['shares']
  const [binds] = Object.entries(shares).toSorted(([, a], [, b]) => b - a)[0]! as [keyof Limits, number]
  return {
    jobsPerDay,
    peakPerSecond: rate,
    workers,
    intakes: processes(cpu.intake),
    orchestrators: processes(cpu.orchestrator),
    utilisation: cores(cpu.worker) / workers,
    waitMs: waitOf({ rate, service: cpu.worker / 1_000, servers: workers, variation }) * 1_000,
    ...needed,
    shares,
    binds,
    delayHours: delayHours(peak, 1.1),
  }
}

/**
 * Mean wait in a queue before several servers, seconds: Erlang C, with the spread of service times by Allen and Cunneen.
 * Infinite when more comes than they can work.
 */
export function waitOf({
  rate,
  service,
  servers,
  variation,
}: Record<'rate' | 'service' | 'servers' | 'variation', number>): number {
  const load = rate * service
  if (load >= servers) return Number.POSITIVE_INFINITY
  // Erlang B, server by server: it needs no factorials.
  let blocked = 1
  for (let n = 1; n <= servers; n += 1) blocked = (load * blocked) / (n + load * blocked)
  const waits = blocked / (1 - (load / servers) * (1 - blocked))
  return ((waits * service) / (servers - load)) * ((1 + variation ** 2) / 2)
}

/** The rate in an hour of the day, as a multiple of the mean: a wave whose crest is at noon. */
export const rateAt = (hour: number, peak: number): number =>
  Math.max(0, 1 + (peak - 1) * Math.cos(((hour - 12) / 24) * 2 * Math.PI)) / meanOfWave(peak)

/** A wave that would go below nothing is cut off there, which raises its mean. */
function meanOfWave(peak: number): number {
  const hours = Array.from({ length: 24 }, (_, hour) =>
    Math.max(0, 1 + (peak - 1) * Math.cos(((hour - 12) / 24) * 2 * Math.PI)),
  )
  return hours.reduce((sum, one) => sum + one, 0) / hours.length
}

/** The longest wait, hours, when so much is worked every hour, as a multiple of the mean; two days in steps of minutes. */
export function delayHours(peak: number, capacity: number): number {
  let [waiting, longest] = [0, 0]
  for (let minute = 0; minute < 2 * 24 * 60; minute += 1) {
    waiting = Math.max(0, waiting + (rateAt((minute / 60) % 24, peak) - capacity) / 60)
    longest = Math.max(longest, waiting / capacity)
  }
  return longest
}
