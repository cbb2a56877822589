import { fork } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from '../contenders/contender.ts'
import type { Stage } from './workload.ts'

/**
 * @property perSecond one a call, each at its time, whatever has become of those before
 * @property inFlight one a call, each as soon as one of so many before it is answered; without both, all at once
 */
export type Asked =
  | { kind: 'submit'; from: number; count: number; perSecond?: number; inFlight?: number }
  /** From now on a worker tells when the handlers of first stages start. */
  | { kind: 'watch' }
  | { kind: 'stop' }

/** One item that was submitted alone. */
export type Call = { item: number; id: string | number; due: number; called: number; answered: number }

/** Times are ms of the wall clock, read from the monotonic one. */
export type Told =
  | { kind: 'ready' }
  | { kind: 'done'; ended: [id: string | number, at: number][] }
  | { kind: 'started'; item: number; at: number }
  | { kind: 'submitted'; began: number; ended: number; calls: Call[] }
  | { kind: 'failed'; message: string }

export type Child = {
  pid: number
  ask(asked: Asked): void
  /** The next of its kind. Rejects when the process says that it failed, ends, or is silent for too long. */
  next<Kind extends Told['kind']>(kind: Kind): Promise<Extract<Told, { kind: Kind }>>
  stop(): Promise<void>
}

/** What a worker of many small steps does best with, and ours is told to have (`docs/scaling.md`); for those of all contenders. */
const WORKER_ARGV = ['--max-semi-space-size=64']

/** What Node is told for every process that is measured: to see where the time goes. */
export const EXEC_ARGV: readonly string[] = (process.env['BENCH_EXEC_ARGV'] ?? '').split(' ').filter(Boolean)

const PATIENCE_MS = 180_000
const STOP_WITHIN_MS = 4_000

export function startChild(
  {
    role,
    contender,
    env,
    stages = [],
  }: { role: 'worker' | 'submitter'; contender: string; env: Env; stages?: readonly Stage[] },
  onDone: (ended: readonly [id: string | number, at: number][]) => void,
  onStarted: (item: number, at: number) => void = () => undefined,
): Child {
  const log = openSync(join(env.folder, `${role}.log`), 'a')
  const child = fork(join(import.meta.dirname, 'proc.ts'), [role, contender, JSON.stringify({ env, stages })], {
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [...(role === 'worker' ? WORKER_ARGV : []), ...EXEC_ARGV],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const waiting = new Set<{ kind: Told['kind']; settle: (told: Told | Error) => void }>()
  const settle = (wanted: (kind: Told['kind']) => boolean, with_: Told | Error) => {
    for (const one of waiting) {
      if (!wanted(one.kind)) continue
      waiting.delete(one)
      one.settle(with_)
    }
  }
  child.on('message', (told: Told) => {
    if (told.kind === 'done') onDone(told.ended)
    if (told.kind === 'started') onStarted(told.item, told.at)
    if (told.kind === 'failed') settle(() => true, new Error(told.message))
    else settle((kind) => kind === told.kind, told)
  })
  const ended = new Promise<void>((resolve) =>
    child.once('exit', (code, signal) => {
      settle(() => true, new Error(`${role} of ${contender} ended: ${signal ?? code}; see ${env.folder}/${role}.log`))
      resolve()
    }),
  )
  return {
    pid: child.pid!,
    ask: (asked) => void child.send(asked),
    next: (kind) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${role} of ${contender} says nothing`)), PATIENCE_MS)
        waiting.add({
          kind,
          settle: (told) => {
            clearTimeout(late)
            if (told instanceof Error) reject(told)
            else resolve(told as never)
          },
        })
      }),
    stop: async () => {
      if (child.connected) child.send({ kind: 'stop' }, () => undefined)
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      await ended
      clearTimeout(kill)
    },
  }
}
