import { changeLine } from './show-samples.ts'
import { isAtRest, stateOf, type SampleRun } from './sample-run.ts'

export type LiveDisplay = Disposable & {
  update(run: SampleRun): void
}

/**
 * Shows samples on their way: in a terminal one line each, redrawn in place; elsewhere a line for each change. The
 * lines are gone when it ends, since the result table follows.
 */
export function liveDisplay(runs: SampleRun[], out: NodeJS.WriteStream = process.stdout): LiveDisplay {
  if (!out.isTTY) return { update: (run) => out.write(`${changeLine(run)}\n`), [Symbol.dispose]: () => {} }
  let drawn = 0
  const clear = () => {
    if (drawn > 0) out.write(`\u001b[${drawn}A\u001b[J`)
    drawn = 0
  }
  const draw = () => {
    clear()
    const lines = screen(runs, out)
    out.write(lines.map((line) => `${line}\n`).join(''))
    drawn = lines.length
  }
  draw()
  return { update: draw, [Symbol.dispose]: clear }
}

/** As many lines as the window has, those still on their way first. */
function screen(runs: SampleRun[], out: NodeJS.WriteStream): string[] {
  const [columns, rows] = out.getWindowSize()
  const resting = runs.filter(isAtRest)
  const open = runs.filter((run) => !isAtRest(run))
  const lines = [...open, ...resting.toReversed()].map((run) => `  ${stateOf(run).padEnd(28)} ${run.sample.title}`)
  const head = `  ${resting.length} of ${runs.length} samples are through`
  return [head, ...lines].slice(0, Math.max(rows - 2, 1)).map((line) => line.slice(0, columns - 1))
}
