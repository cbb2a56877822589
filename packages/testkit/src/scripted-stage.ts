import { DataError, RateLimited, SystemError, TransientError } from '@stageline/domain'
import type { StageContext, StageDefinition } from '@stageline/engine'
import { defineStage } from '@stageline/engine'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

const Script = z.object({
  /** What the step does, by its key; a step that is not named ends well. */
  script: z
    .record(
      z.string(),
      z.object({
        /** Fails in this way until `times` attempts have failed. */
        fail: z
          .enum([
            ...(['throw', 'transient', 'data', 'rate_limited', 'system'] as const),
            ...([
              'bad_output',
              'nul_output',
              'surrogate_output',
              'deep_output',
              'infinite_output',
              'huge_output',
            ] as const),
            ...(['exit', 'kill', 'oom', 'loop', 'overflow'] as const),
          ])
          .optional(),
        times: z.number().int().default(1_000_000),
        slowMs: z.number().default(0),
        /** Ignores its signal for so long, until `times` attempts have done so; then ends well. */
        deafMs: z.number().default(0),
        /** Works so many pages, 100 ms each, and leaves after each where it is; begins where the last try was. */
        pages: z.number().int().default(0),
        /** Ignores its signal and never ends. */
        hang: z.boolean().default(false),
        /** What it gives where it ends well. */
        output: z.record(z.string(), z.json()).optional(),
        /** As `sink`, for this step alone. */
        sink: z.url().optional(),
      }),
    )
    .default({}),
  /** Called once by each step that runs, with the step's `Idempotency-Key`. */
  sink: z.url().optional(),
})

/** A stage whose outcome is chosen by its input: ends well at once, fails in each way, is slow, hangs, kills its process. */
export function scriptedStage(name: string, settings: Partial<StageDefinition> = {}): StageDefinition {
  return defineStage<unknown, unknown>({
    name,
    bundle: 100,
    ...settings,
    input: Script,
    output: z.looseObject({}),
    handle: (input, context) => {
      const { script, sink } = input as z.infer<typeof Script>
      const given = script[context.stepKey]
      const { slowMs = 0, deafMs = 0, pages = 0, hang = false } = given ?? {}
      const called = given?.sink ?? sink
      const takesTime = slowMs > 0 || deafMs > 0 || pages > 0 || hang || called !== undefined
      return takesTime ? endLater(given, called, context) : end(given, context)
    },
  })
}

type OneScript = z.infer<typeof Script>['script'][string]

function end(script: OneScript | undefined, { stepKey, attempt }: StageContext): unknown {
  const { fail, times = 0, output } = script ?? {}
  return fail && attempt <= times ? failAs(fail) : (output ?? { [`by_${stepKey}`]: attempt })
}

async function endLater(
  script: OneScript | undefined,
  called: string | undefined,
  context: StageContext,
): Promise<unknown> {
  const { times = 0, slowMs = 0, deafMs = 0, pages = 0, hang = false } = script ?? {}
  const { attempt, signal, idempotencyKey } = context
  if (slowMs > 0) await delay(slowMs, undefined, { signal })
  if (deafMs > 0 && attempt <= times) await delay(deafMs)
  if (pages > 0) return { from: await workPages(pages, context) }
  if (hang) await new Promise(() => undefined)
  if (called) await call(called, idempotencyKey, signal)
  return end(script, context)
}

/** @returns the page that it began with */
async function workPages(pages: number, { checkpoint, heartbeat, signal }: StageContext): Promise<number> {
  const from = z.object({ page: z.number() }).safeParse(checkpoint).data?.page ?? 0
  for (let page = from; page < pages; page += 1) {
    await delay(100, undefined, { signal })
    await heartbeat({ page: page + 1 })
  }
  return from
}

/** As a client of a provider does: 429 is a rate limit, any server error says that the provider is down. */
async function call(sink: string, idempotencyKey: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(sink, { method: 'POST', headers: { 'idempotency-key': idempotencyKey }, signal })
  const retryAfterMs = Number(answer.headers.get('retry-after') ?? Number.NaN) * 1_000
  if (answer.status === 429)
    throw new RateLimited('scripted.rate_limited', 'The sink asks for a rest', { retryAfterMs })
  if (answer.status >= 500) throw new SystemError('scripted.system', `The sink answers ${answer.status}`)
}

function failAs(way: string): unknown {
  switch (way) {
    case 'transient':
      throw new TransientError('scripted.transient', 'A passing fault, as the script says')
    case 'data':
      throw new DataError('scripted.data', 'Bad data, as the script says')
    case 'rate_limited':
      throw new RateLimited('scripted.rate_limited', 'Slow down, as the script says', { retryAfterMs: 300 })
    case 'system':
      throw new SystemError('scripted.system', 'A dependency is down, as the script says')
    case 'exit':
      return process.exit(7)
    case 'kill':
      return process.kill(process.pid, 'SIGKILL')
    case 'oom':
      return fillHeap()
    case 'loop':
      return spin()
    case 'overflow':
      return recurse(1)
    case 'bad_output':
      return 'not an object'
    case 'nul_output':
      return { text: 'nul \0' }
    case 'surrogate_output':
      return { text: 'half \ud83d' }
    case 'deep_output':
      return { tree: JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)) as unknown }
    case 'infinite_output':
      return { number: Number.POSITIVE_INFINITY }
    case 'huge_output':
      return { text: 'x'.repeat(50_000_000) }
    default:
      throw new Error('A plain throw, as the script says')
  }
}

function fillHeap(): never {
  const kept: number[][] = []
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => i + Math.random()))
}

function spin(): never {
  for (;;);
}

const recurse = (depth: number): number => recurse(depth + 1) + depth
