import { closeSync, openSync, writeSync } from 'node:fs'
import type { RecorderLine } from '../check/recorder-lines.ts'

export type Recorder = Disposable & { file: string; write(line: RecorderLine): void }

/** A file outside the system. A line is in it when `write` returns: what was promised is noted before anything else. */
export function openRecorder(file: string): Recorder {
  const descriptor = openSync(file, 'a')
  let open = true
  return {
    file,
    write: (line) => {
      if (open) writeSync(descriptor, `${JSON.stringify(line)}\n`)
    },
    [Symbol.dispose]: () => {
      open = false
      closeSync(descriptor)
    },
  }
}
