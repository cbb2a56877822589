import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { DataError, SystemError, TransientError } from '@stageline/domain'
import type { DocumentModel } from '@stageline/domain'
import type { ChildMessage, ReadRequest } from './messages.ts'

export type ReaderProcessOptions = { maxHeapMb: number; maxRssMb: number; idleMs: number }

/** A running child: `isReady` tells a broken installation from a document that kills its reader. */
type Child = { process: ChildProcess; isReady: boolean; lastWords: string }

/** The child process that reads documents, one at a time: started when needed, replaced after it died. */
export class ReaderProcess {
  readonly #options: ReaderProcessOptions
  #child: Child | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(options: ReaderProcessOptions) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.process.pid
  }

  /** Sends one document and waits for its answer; never call it again before the last call has ended. */
  async run(
    request: ReadRequest,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
  ): Promise<DocumentModel> {
    if (this.#isDisposed) throw unavailable('it was closed')
    clearTimeout(this.#idleTimer)
    const deadline = AbortSignal.timeout(timeoutMs)
    const stop = signal ? AbortSignal.any([signal, deadline]) : deadline
    try {
      return await this.#ask((this.#child ??= this.#start()), request, stop)
    } catch (error) {
      throw error === deadline.reason && deadline.aborted ? tooSlow(timeoutMs) : error
    } finally {
      this.#idleTimer = setTimeout(() => this.#kill(), this.#options.idleMs).unref()
    }
  }

  /** Ends with the answer, with the child's death, or with `stop`, which kills the child. */
  async #ask(child: Child, request: ReadRequest, stop: AbortSignal): Promise<DocumentModel> {
    const { promise, resolve, reject } = Promise.withResolvers<DocumentModel>()
    const onMessage = (message: ChildMessage) => settle(message, resolve, reject)
    const onExit = (_code: number | null, cause: NodeJS.Signals | null) => reject(this.#deathOf(child, cause))
    const onError = (cause: Error) => reject(unavailable(cause.message))
    const onStop = () => {
      this.#kill()
      reject(stop.reason)
    }
    child.process.on('message', onMessage).on('exit', onExit).on('error', onError)
    stop.addEventListener('abort', onStop)
    child.process.send(request, (error) => error && reject(lost(error)))
    try {
      return await promise
    } finally {
      child.process.off('message', onMessage).off('exit', onExit).off('error', onError)
      stop.removeEventListener('abort', onStop)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    clearTimeout(this.#idleTimer)
    const process = this.#child?.process
    if (!process || process.exitCode !== null || process.signalCode !== null) return
    const exited = once(process, 'exit')
    this.#kill()
    await exited
  }

  #start(): Child {
    const process = startChild(this.#options)
    const child: Child = { process, isReady: false, lastWords: '' }
    process.once('message', () => (child.isReady = true))
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      child.lastWords = `${child.lastWords}${text}`.slice(-1000)
    })
    const forget = () => {
      if (this.#child === child) this.#child = undefined
    }
    process.once('exit', forget).on('error', forget)
    return child
  }

  /**
   * V8 aborts where its heap is full; the child's own watch and the kernel kill where memory is. Any other end is a
   * fault of a parser that the document set off.
   */
  #deathOf(child: Child, cause: NodeJS.Signals | null): DataError | SystemError {
    if (this.#isDisposed) return unavailable('it was closed')
    if (!child.isReady) return unavailable(child.lastWords)
    if (cause === 'SIGKILL' || cause === 'SIGABRT')
      return new DataError('document.too_complex', 'reading the document took more memory than is allowed')
    return new DataError('document.unreadable', 'the document ended the process that read it')
  }

  /** SIGKILL, because a reader in a loop hears nothing else; it holds nothing that needs to be put away. */
  #kill(): void {
    this.#child?.process.kill('SIGKILL')
    this.#child = undefined
  }
}

/**
 * The child sees no environment (no secrets), may write no file, reach no address and start no process. Reading files is
 * allowed for modules, fonts and language data; add-ons and threads for the canvas and OCR.
 */
function startChild({ maxHeapMb, maxRssMb }: ReaderProcessOptions): ChildProcess {
  const entry = fileURLToPath(new URL('./reader-child.ts', import.meta.url))
  const permissions = ['--permission', '--allow-fs-read=*', '--allow-addons', '--allow-worker']
  return fork(entry, [String(maxRssMb)], {
    env: {},
    execArgv: [...permissions, '--no-warnings', `--max-old-space-size=${maxHeapMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

function settle(
  message: ChildMessage,
  resolve: (model: DocumentModel) => void,
  reject: (error: DataError | SystemError) => void,
): void {
  switch (message.kind) {
    case 'ready':
      return
    case 'model':
      return resolve(message.model)
    case 'data_error': {
      const { code, details } = message
      return reject(new DataError(code, message.message, details ? { details } : {}))
    }
    case 'system_error':
      return reject(new SystemError(message.code, message.message))
    default:
      message satisfies never
  }
}

const tooSlow = (timeoutMs: number): DataError =>
  new DataError('document.too_complex', `reading the document took longer than ${timeoutMs} ms`)

const unavailable = (reason: string): SystemError =>
  new SystemError('document.reader_unavailable', `the document reader does not run: ${reason}`)

/** The child was gone before the document reached it, so the document is not to blame. */
const lost = (cause: Error): TransientError =>
  new TransientError('document.reader_lost', 'the document reader ended before it was given the document', { cause })
