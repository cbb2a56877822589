import type { AlertLevel, TriggerAction, TriggerDefinition, TriggerEntry } from '@stageline/domain'
import type { Page, PageRequest } from './record.ts'

/** Triggers as people make them. Every call is for one tenant and sees no other's rows. */
export interface TriggerStore {
  /** `ifVersion` guards against a change in between: 0 means that there must be none yet. */
  put(
    tenantId: string,
    definition: TriggerDefinition,
    actor: string,
    ifVersion: number | null,
  ): Promise<{ version: number } | 'conflict'>
  get(tenantId: string, key: string): Promise<TriggerView | undefined>
  /** In the order of their keys. */
  list(tenantId: string): Promise<TriggerView[]>
  remove(tenantId: string, key: string, ifVersion: number | null): Promise<'removed' | 'unknown' | 'conflict'>
  /** What it did, newest entry first. */
  runs(tenantId: string, key: string, page: PageRequest): Promise<Page<TriggerRunView>>
  /** Entries of these events from before now, newest first of jobs and then of the desk; so many of each at most. */
  past(tenantId: string, events: readonly string[], limit: number): Promise<TriggerEntry[]>
}

export type TriggerView = {
  definition: TriggerDefinition
  version: number
  createdAt: string
  updatedAt: string
  updatedBy: string
}

export const TRIGGER_RUN_STATES = ['waiting', 'done', 'failed', 'refused'] as const
/** `waiting`: for an orchestrator, or for its next try; `refused`: triggers set each other off. */
export type TriggerRunState = (typeof TRIGGER_RUN_STATES)[number]

/** What an action made or moved. */
export type TriggerMade = { kind: TriggerAction['kind']; id: string }
export type TriggerFailure = { code: string; message: string }

export type TriggerRunView = {
  id: string
  version: number
  entry: TriggerEntry
  depth: number
  state: TriggerRunState
  made: readonly TriggerMade[]
  /** Why it failed, or why its last try did. */
  error: TriggerFailure | null
  tries: number
  createdAt: string
  finishedAt: string | null
}

/** An entry with how many triggers stand between it and somebody who is none. */
export type ReadEntry = { tenantId: string; depth: number; entry: TriggerEntry }
export type LiveTrigger = { tenantId: string; version: number; since: string; definition: TriggerDefinition }

export type NewTriggerRun = {
  tenantId: string
  key: string
  id: string
  version: number
  entry: TriggerEntry
  actions: readonly TriggerAction[]
  depth: number
  state: Exclude<TriggerRunState, 'done'>
  error: TriggerFailure | null
}
export type TakenTriggerRun = Omit<NewTriggerRun, 'state' | 'error'> & { made: readonly TriggerMade[]; tries: number }

export type NewAlert = {
  id: string
  /** Equal ones are one for as long as nobody has acknowledged it. */
  sameAs: string
  level: AlertLevel
  title: string
  detail: string | null
  raisedBy: string
}

export const TRIGGER_STREAMS = ['jobs', 'desk'] as const
export type TriggerStream = (typeof TRIGGER_STREAMS)[number]

/** Triggers as orchestrators work on them. */
export interface TriggerQueue {
  /**
   * Reads on in one of the histories, in the order of commits. What `match` makes of the entries is stored in the commit
   * that notes how far it was read: nothing is left out, nothing comes twice. While another reads, nothing is done.
   */
  read(
    stream: TriggerStream,
    limit: number,
    match: (entries: readonly ReadEntry[], triggers: readonly LiveTrigger[]) => NewTriggerRun[],
  ): Promise<{ read: number; fired: number }>
  /** One that is due, for so long. */
  take(leaseMs: number): Promise<TakenTriggerRun | undefined>
  /** Notes what one more action made. */
  note(run: TakenTriggerRun, made: readonly TriggerMade[]): Promise<void>
  /** Raises the alert and notes it in one commit: a second time changes nothing. */
  raise(run: TakenTriggerRun, made: readonly TriggerMade[], alert: NewAlert): Promise<void>
  end(run: TakenTriggerRun, state: Exclude<TriggerRunState, 'waiting'>, error: TriggerFailure | null): Promise<void>
  /** Lets it go, to be taken again after the time. */
  giveBack(run: TakenTriggerRun, afterMs: number, error: TriggerFailure): Promise<void>
  /** Drops the log of what ended long ago. */
  forget(limit: number): Promise<number>
}

/** Alerts as people see them. Every call is for one tenant and sees no other's rows. */
export interface AlertBook {
  /** Newest first. */
  alerts(tenantId: string, filter: AlertFilter, page: PageRequest): Promise<Page<AlertView>>
  /** Undefined where there is none; who was first stays. */
  acknowledge(tenantId: string, id: string, actor: string): Promise<AlertView | undefined>
}

export type AlertFilter = { state?: 'open' | 'acknowledged'; level?: AlertLevel }

export type AlertView = {
  id: string
  level: AlertLevel
  title: string
  detail: string | null
  raisedBy: string
  /** What the newest of them is about. */
  subject: string
  subjectId: string
  count: number
  firstAt: string
  lastAt: string
  acknowledgedAt: string | null
  acknowledgedBy: string | null
}

/** Alerts that somebody is to be told of by mail. */
export interface AlertMails {
  /** So many at most of these levels that nobody was told of, for as long as telling may take; longer with each try. */
  take(tenantId: string, levels: readonly AlertLevel[], limit: number): Promise<AlertView[]>
  sent(tenantId: string, ids: readonly string[]): Promise<void>
}

export type Mail = { id: string; subject: string; text: string }
/** @throws where the server does not take it */
export type Mailer = (mail: Mail) => Promise<void>
