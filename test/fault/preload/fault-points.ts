/**
 * Loaded before a service (`--import`): lets it die, fail or stall at chosen points of its code. `FAULT_POINTS` says where
 * from the start, a message `{ points }` from the parent process says so later; `FAULT_SEED` makes it the same each time.
 *
 *   FAULT_POINTS=recorded:kill:0.01,recording:throw:0.02,repairing:stall:0.1
 *
 * `kill`: SIGKILL to itself. `throw`: an error that nobody expects, so that the process ends loudly. `stall`: the event
 * loop stands still for two seconds. A message `{ stallMs }` lets it stand still at once, for so long.
 */
import { subscribe } from 'node:diagnostics_channel'
import { createRandom } from '../line/random.ts'

type Point = { name: string; action: string; probability: number }

const STALL_MS = 2_000
const random = createRandom(Number(process.env['FAULT_SEED'] ?? 1) + process.pid)
let points = parse(process.env['FAULT_POINTS'] ?? '')

for (const name of ['recording', 'recorded', 'sent', 'repairing'])
  subscribe(`stageline:${name}`, (message) => arrive(name, message as { missing?: number }))
process.on('message', (message: { points?: string; stallMs?: number }) => {
  if (message.points !== undefined) points = parse(message.points)
  if (message.stallMs !== undefined) stall(message.stallMs)
})
// Listening for messages must not keep a process alive that has nothing else to do.
process.channel?.unref()

function parse(text: string): Point[] {
  return text
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      const [name = '', action = '', probability = '1'] = one.split(':')
      return { name, action, probability: Number(probability) }
    })
}

function arrive(name: string, { missing }: { missing?: number }): void {
  // Repair that has nothing to send is no moment at which anything could be lost.
  if (missing === 0) return
  for (const { action } of points.filter((point) => point.name === name && random.chance(point.probability)))
    act(action)
}

function act(action: string): void {
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      // The signal is on its way: not one more instruction of the service may run.
      return stall(60_000)
    case 'throw':
      throw new Error('A fault was asked for at this point')
    case 'stall':
      return stall(STALL_MS)
    default:
      throw new Error(`FAULT_POINTS knows kill, throw and stall, not "${action}"`)
  }
}

const stall = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
