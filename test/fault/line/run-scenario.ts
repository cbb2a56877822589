import { performance } from 'node:perf_hooks'
import type { Scenario, ScenarioOptions, ScenarioReport } from './scenario.ts'
import { startRig, type Rig } from './start-rig.ts'
import { createTrials, type Trials } from './trials.ts'

export type RunOptions = ScenarioOptions & {
  seed: number
  /** Leaves the folders of the rigs behind, to look at logs. */
  keep?: boolean
  /** Ends the run: what is under way is cleared away, and the rest does not begin. */
  signal?: AbortSignal
  report: (line: string) => void
}

/** Runs scenarios one after the other. Those that need nothing special share a rig, until one of them breaks it. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  options: RunOptions,
  tell: (report: ScenarioReport) => void = () => undefined,
): Promise<ScenarioReport[]> {
  await using shared = sharedRig(options)
  const reports: ScenarioReport[] = []
  for (const scenario of scenarios) {
    options.signal?.throwIfAborted()
    const report = await runScenario(scenario, shared, options)
    reports.push(report)
    tell(report)
  }
  return reports
}

export type SharedRig = AsyncDisposable & {
  /** The rig that is there, or a new one. */
  get(): Promise<Rig>
  /** Throws it away: the next one who asks gets another. */
  discard(): Promise<void>
}

export function sharedRig({ seed, keep = false, report }: Pick<RunOptions, 'seed' | 'keep' | 'report'>): SharedRig {
  let rig: Rig | undefined
  const discard = async () => {
    const old = rig
    rig = undefined
    await old?.[Symbol.asyncDispose]()
  }
  return { get: async () => (rig ??= await startRig({ seed, keep, report })), discard, [Symbol.asyncDispose]: discard }
}

/** One scenario from start to the last check; what it throws is a violation, too. */
export async function runScenario(scenario: Scenario, shared: SharedRig, options: RunOptions): Promise<ScenarioReport> {
  const { seed, keep = false, report } = options
  report(`--- row ${scenario.row}, ${scenario.name}: ${scenario.title}`)
  if (!scenario.rig) {
    const done = await runOn(await shared.get(), scenario, options)
    if (done.violations.length > 0) await shared.discard()
    return done
  }
  await using stack = new AsyncDisposableStack()
  const needs = typeof scenario.rig === 'function' ? await scenario.rig(options, stack) : scenario.rig
  if (typeof needs === 'string') {
    report(`SKIPPED ${scenario.name}: ${needs}`)
    return skipped(scenario, needs, seed)
  }
  const own = stack.use(await startRig({ seed, keep, report, ...needs }))
  return await runOn(own, scenario, options)
}

const skipped = ({ row, name, title, targetMs }: Scenario, reason: string, seed: number): ScenarioReport => ({
  ...NOTHING_DONE,
  row,
  name,
  title,
  seed,
  targetMs: targetMs ?? null,
  figures: { skipped: reason },
})

const NOTHING_DONE = {
  fired: 0,
  accepted: 0,
  lost: 0,
  doubled: 0,
  illegal: 0,
  stuck: 0,
  recoveryMedianMs: null,
  recoveryMaxMs: null,
  met: 'skipped',
  violations: [],
  durationS: 0,
} as const

async function runOn(rig: Rig, scenario: Scenario, options: RunOptions): Promise<ScenarioReport> {
  const { minutes, report, signal } = options
  const startedAt = performance.now()
  const before = rig.load.counts()
  const trials = createTrials(rig, report)
  const problems: string[] = []
  const note = (error: unknown) => void problems.push(error instanceof Error ? (error.stack ?? '') : String(error))
  await untilAborted(scenario.run(rig, trials, { minutes }), signal).catch(note)
  signal?.throwIfAborted()
  await trials.checked().catch(note)
  const stuck = await rig.quiesce().catch((error: unknown) => (note(error), Infinity))
  const verdict = await rig.check({ quiesced: true }).catch(note)
  const after = rig.load.counts()
  const sent = after.sent - before.sent
  const accepted = after.accepted - before.accepted
  const { lost = 0, doubled = 0, illegal = 0, violations = [] } = verdict ?? {}
  trials.figure('accepted at once', share(after.acceptedAtOnce - before.acceptedAtOnce, sent))
  if (accepted < 0.9 * sent) problems.push(`Only ${accepted} of ${sent} submissions were accepted: nothing is proved`)
  if (rig.curious.shown() < rig.tenants.length)
    problems.push('A tenant was shown nothing: that it saw nothing foreign says nothing')
  if (stuck > 0) problems.push(`${stuck} jobs still moved or stood still when all should have come to rest`)
  return {
    ...described(scenario, trials),
    seed: rig.seed,
    accepted,
    lost,
    doubled,
    illegal,
    stuck,
    violations: [...problems, ...trials.violations(), ...violations],
    durationS: Math.round((performance.now() - startedAt) / 1_000),
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => abort())
  await Promise.race([work, aborted])
}

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`

function described({ row, name, title, targetMs }: Scenario, trials: Trials) {
  const times = trials.recoveriesMs().toSorted((a, b) => a - b)
  const max = times.at(-1) ?? null
  return {
    row,
    name,
    title,
    fired: trials.all().length,
    recoveryMedianMs: times[Math.floor(times.length / 2)] ?? null,
    recoveryMaxMs: max,
    targetMs: targetMs ?? null,
    met: grade(max, targetMs),
    figures: trials.figures(),
  }
}

function grade(maxMs: number | null, targetMs: number | undefined): ScenarioReport['met'] {
  if (maxMs === null || targetMs === undefined || maxMs <= targetMs) return 'yes'
  return maxMs <= 2 * targetMs ? 'late' : 'no'
}
