import { closeSync, openSync, writeSync } from 'node:fs'
import type { RecorderLine } from '../check/recorder-lines.ts'

export type Recorder = Disposable & {
  file: string
  write(line: RecorderLine): void
  /** Tells the listener of each line from now on. Returns what ends it. */
  listen(listener: (line: RecorderLine) => void): () => void
}

/** A file outside the system. A line is in it when `write` returns: what was promised is noted before anything else. */
export function openRecorder(file: string): Recorder {
  const descriptor = openSync(file, 'a')
  const listeners = new Set<(line: RecorderLine) => void>()
  let open = true
  return {
    file,
    write: (line) => {
      if (!open) return
      writeSync(descriptor, `${JSON.stringify(line)}\n`)
      for (const listener of listeners) listener(line)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    [Symbol.dispose]: () => {
      open = false
      closeSync(descriptor)
    },
  }
}
