import { cut } from './table.ts'

export type ProgressLine = Disposable & { update(text: (width: number) => string): void }

/** More often nobody sees. */
const REDRAW_EVERY_MS = 50

/** One line that is written over as things go on, and gone when it ends. Without a terminal there is none. */
export function progressLine(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ProgressLine {
  if (!out.isTTY || env.TERM === 'dumb') return { update: () => {}, [Symbol.dispose]: () => {} }
  const CLEAR = '\r\u001b[K'
  let drawnAt = -Infinity
  return {
    update: (text) => {
      if (performance.now() - drawnAt < REDRAW_EVERY_MS) return
      drawnAt = performance.now()
      const width = (out.columns || 80) - 1
      out.write(`${CLEAR}${cut(text(width), width)}`)
    },
    [Symbol.dispose]: () => void out.write(CLEAR),
  }
}

/** `██████░░░░  60 %`: never full before all is done. */
export function bar(done: number, total: number, width: number): string {
  const share = total === 0 ? 1 : done / total
  const filled = Math.floor(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`
}
