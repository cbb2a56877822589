/**
 * A thread beside the reader: a parser in a loop answers nothing, so its memory, and whether its parent still lives, are
 * watched from here. Heap limits of V8 cover neither images nor WebAssembly.
 */
const INTERVAL_MS = 200
const limitBytes = Number(process.argv[2]) * 1024 * 1024
const parent = process.ppid

setInterval(() => {
  if (process.memoryUsage.rss() > limitBytes || process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, INTERVAL_MS)
