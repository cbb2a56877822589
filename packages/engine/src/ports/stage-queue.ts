/** What travels: the tenant once and ids only, one step or a bundle of one stage. */
export type Message = {
  id: string
  /** The stage whose queue it travels through, or that stage's quarantine. */
  stage: string
  tenantId: string
  workflow: string
  steps: readonly (readonly [jobId: string, step: string, fence: number])[]
}

/** A message as a worker gets it. */
export type Delivery = {
  message: Message
  /** It was delivered before and its worker went silent. */
  redelivered: boolean
}

/**
 * How the steps of one message ended, for the transport to say in counts and codes. `held`: something holds the stage,
 * and the message shall go back to where it was; steps of it that did end are recorded.
 */
export type DeliveryEnd = 'held' | { steps: number; failed: number; codes: readonly string[] }

/** Hints between processes: fast, and not to be relied on. Whoever hears one reads the record. */
export interface StageHints {
  /** The stage's row has changed; or that of a job, whose handler may not be wanted any more. */
  tell(stage: string, jobId?: string): void
  listen(stage: string, onHint: (jobId: string | undefined) => void): Disposable
}

/** The fast hint that work exists. Losing all of it loses nothing: repair sends again what the record says is queued. */
export interface StageQueue {
  /**
   * Adds messages. Waits no longer than its own short limit; a failure is not "not added".
   * @throws TransientError `queue.unavailable`
   */
  send(messages: readonly Message[]): Promise<void>
  /**
   * Whether messages of the stage would be taken at this moment.
   * @throws TransientError `queue.unavailable` with the reason
   */
  ready(stage: string): Promise<void>
  /**
   * Whether no message of the queue waits or is being worked.
   * @throws TransientError `queue.unavailable`
   */
  isEmpty(stage: string): Promise<boolean>
  /** Which of these messages are neither waiting nor being worked. `closely`: a message in no live list counts as missing. */
  missing(messages: readonly { stage: string; id: string }[], closely: boolean): Promise<Set<string>>
  /**
   * What a message carries, also a finished one that is still kept; undefined where it is not kept or not ours.
   * @throws TransientError `queue.unavailable`
   */
  stepsOf(stage: string, messageId: string): Promise<Pick<Message, 'tenantId' | 'steps'> | undefined>
  /**
   * For each stage a mark that changes when what was sent to it may be gone: a flush, a failover, a restart. A stage whose
   * part of Redis does not answer is left out.
   */
  epochs(stages: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** Ids and a code only: what Bull Board may show. */
export type ReviewNotice = { id: string; tenantId: string; jobId: string; cause: string }

/** The list that people see in Bull Board: one message for each open review task. */
export interface ReviewQueue {
  announce(tasks: readonly ReviewNotice[]): Promise<void>
  withdraw(taskIds: readonly string[]): Promise<void>
  announced(): Promise<string[]>
}
