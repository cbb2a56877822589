// Runs beside the main thread of a service and ends the process when that thread's event loop stands still. In plain
// JavaScript: stripping types would double the memory of the thread. Time counts only while this thread itself runs, one
// look at a time, so that a process that was stopped as a whole (SIGSTOP, a suspended machine) is not blamed for it.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const { beats, limitMs, lookEveryMs, service } = workerData
const cells = new Int32Array(beats)

let seen = -1
let stuckMs = 0
while (stuckMs < limitMs) {
  Atomics.wait(cells, 1, 0, lookEveryMs)
  const beat = Atomics.load(cells, 0)
  stuckMs = beat === seen ? stuckMs + lookEveryMs : 0
  seen = beat
}
const line = { level: 'fatal', time: new Date().toISOString(), service, pid: process.pid, stuckMs }
try {
  writeSync(2, `${JSON.stringify({ ...line, msg: 'event loop stuck' })}\n`)
} finally {
  process.kill(process.pid, 'SIGKILL')
}
