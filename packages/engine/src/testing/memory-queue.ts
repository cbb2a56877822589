import { TransientError } from '@stageline/domain'
import type { Delivery, Message, ReviewNotice, ReviewQueue, StageQueue } from '../ports/index.ts'

/** Messages in memory, one line for all stages. A test takes them, loses them, or cuts the line. */
export class MemoryQueue implements StageQueue {
  /** Everything that was ever sent, in order. */
  readonly sent: Message[] = []
  isAway = false
  #waiting: Delivery[] = []
  #epoch = 1

  async send(messages: readonly Message[]): Promise<void> {
    if (this.isAway) throw new TransientError('queue.unavailable', 'The queue is away')
    this.sent.push(...messages)
    this.#waiting.push(...messages.map((message) => ({ message, redelivered: false })))
  }

  async ready(): Promise<void> {
    if (this.isAway) throw new TransientError('queue.unavailable', 'The queue is away')
  }

  async isEmpty(stage: string): Promise<boolean> {
    return this.#waiting.every(({ message }) => message.stage !== stage)
  }

  async missing(messages: readonly { stage: string; id: string }[]): Promise<Set<string>> {
    const there = new Set(this.#waiting.map(({ message }) => message.id))
    return new Set(messages.flatMap(({ id }) => (there.has(id) ? [] : [id])))
  }

  async stepsOf(stage: string, messageId: string): Promise<Pick<Message, 'tenantId' | 'steps'> | undefined> {
    return this.sent.find((message) => message.stage === stage && message.id === messageId)
  }

  async epochs(stages: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(stages.map((stage) => [stage, String(this.#epoch)]))
  }

  /** Takes everything that waits, as a worker would. */
  take(): Delivery[] {
    return this.#waiting.splice(0)
  }

  /** A worker went silent: its message comes again. */
  redeliver({ message }: Delivery): void {
    this.#waiting.push({ message, redelivered: true })
  }

  /** Redis was wiped. */
  flush(): void {
    this.#waiting = []
    this.#epoch += 1
  }
}

/** The list of open review tasks in memory. */
export class MemoryReviewQueue implements ReviewQueue {
  readonly #announced = new Map<string, ReviewNotice>()

  async announce(tasks: readonly ReviewNotice[]): Promise<void> {
    for (const task of tasks) this.#announced.set(task.id, task)
  }

  async withdraw(taskIds: readonly string[]): Promise<void> {
    for (const id of taskIds) this.#announced.delete(id)
  }

  async announced(): Promise<string[]> {
    return [...this.#announced.keys()]
  }
}
