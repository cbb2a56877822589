import { execFile, type ExecFileOptions } from 'node:child_process'

export type CommandOptions = Pick<ExecFileOptions, 'cwd' | 'env' | 'uid' | 'gid'> & {
  signal?: AbortSignal | undefined
  /** Text for the command's standard input. */
  input?: string
  timeoutMs?: number
}

/** A command that did not end well; the message carries the end of what it said. */
export class CommandFailed extends Error {
  readonly output: string

  constructor(command: string, output: string, options: ErrorOptions) {
    super(`${command} failed:\n${output.trim().split('\n').slice(-15).join('\n')}`, options)
    this.name = 'CommandFailed'
    this.output = output
  }
}

/**
 * Runs a program without a shell and gives back what it wrote to standard output.
 *
 * @throws CommandFailed, or the signal's reason when that ended it.
 */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, timeoutMs, signal, ...rest } = options
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { ...rest, ...(signal ? { signal } : {}), timeout: timeoutMs ?? 0, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout)
        else if (signal?.aborted) reject(signal.reason)
        else reject(new CommandFailed([file, ...args].join(' '), stderr || stdout || error.message, { cause: error }))
      },
    )
    // A program that ends without reading its input is not at fault for that.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
  })
}
