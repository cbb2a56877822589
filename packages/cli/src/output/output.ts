import { styleText } from 'node:util'
import { progressLine, type ProgressLine } from './progress-line.ts'

type Style = Parameters<typeof styleText>[0]

export type Streams = { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream; env: NodeJS.ProcessEnv }

/** What a command says: data to stdout, talk to stderr. */
export type Output = {
  /** The answer: the value as JSON where that was asked for, otherwise the text for people. */
  show(value: unknown, text: () => string): void
  /** What people should know beside the answer; says nothing where JSON was asked for. */
  note(text: string): void
  /** How far something is; on a terminal only. */
  progress(): ProgressLine
  paint(style: Style, text: string): string
  /** In characters; what is no terminal has no end, so that output can be searched line by line. */
  width: number
}

export function createOutput(
  { stdout, stderr, env }: Streams,
  { json, color }: { json: boolean; color: boolean },
): Output {
  const isColoured = color && stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb'
  return {
    show: (value, text) => void stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : `${text()}\n`),
    note: (text) => void (json || stderr.write(`${text}\n`)),
    progress: () => progressLine(stderr, env),
    paint: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
    width: stdout.isTTY ? stdout.columns || 80 : Infinity,
  }
}
