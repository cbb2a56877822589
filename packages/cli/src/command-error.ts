import { EXIT } from './exit-codes.ts'

/** Why a command ends early, and what mends it, in words for people. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number
  /** What to do about it; a line each. */
  readonly mend: readonly string[]

  constructor(message: string, { code = EXIT.usage, mend = [] }: { code?: number; mend?: readonly string[] } = {}) {
    super(message)
    this.code = code
    this.mend = mend
  }
}

/** Somebody pressed Ctrl-C, or a time limit was up, while the command only waited. */
export class StoppedWaiting extends Error {
  override readonly name = 'StoppedWaiting'
}
