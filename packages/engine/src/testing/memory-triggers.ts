import type { TriggerDefinition, TriggerEntry } from '@stageline/domain'
import type { AlertBook, AlertFilter, AlertView, TriggerRunView, TriggerStore, TriggerView } from '../ports/index.ts'

/** Triggers of one tenant in memory; what they did, what was, and alerts are what a test puts in. */
export class MemoryTriggers implements TriggerStore, AlertBook {
  readonly #triggers = new Map<string, TriggerView>()
  readonly #now: () => Date
  ran: TriggerRunView[] = []
  happened: TriggerEntry[] = []
  raised: AlertView[] = []

  constructor(now: () => Date) {
    this.#now = now
  }

  async put(_tenantId: string, definition: TriggerDefinition, actor: string, ifVersion: number | null) {
    const known = this.#triggers.get(definition.key)
    if (ifVersion !== null && ifVersion !== (known?.version ?? 0)) return 'conflict' as const
    const version = (known?.version ?? 0) + 1
    const updatedAt = this.#now().toISOString()
    const about = { version, createdAt: known?.createdAt ?? updatedAt, updatedAt, updatedBy: actor }
    this.#triggers.set(definition.key, { definition: structuredClone(definition), ...about })
    return { version }
  }

  async get(_tenantId: string, key: string): Promise<TriggerView | undefined> {
    return this.#triggers.get(key)
  }

  async list(): Promise<TriggerView[]> {
    return [...this.#triggers.values()].sort((a, b) => (a.definition.key < b.definition.key ? -1 : 1))
  }

  async remove(_tenantId: string, key: string, ifVersion: number | null) {
    const known = this.#triggers.get(key)
    if (!known) return 'unknown' as const
    if (ifVersion !== null && ifVersion !== known.version) return 'conflict' as const
    this.#triggers.delete(key)
    return 'removed' as const
  }

  async runs() {
    return { items: this.ran, next: null }
  }

  async past(_tenantId: string, events: readonly string[]): Promise<TriggerEntry[]> {
    return this.happened.filter(
      ({ subject, event }) => events.includes(`${subject}.${event}`) || events.includes(`${subject}.*`),
    )
  }

  async alerts(_tenantId: string, { state, level }: AlertFilter) {
    const items = this.raised.filter(
      (alert) =>
        (level === undefined || alert.level === level) &&
        (state === undefined || (alert.acknowledgedAt === null) === (state === 'open')),
    )
    return { items, next: null }
  }

  async acknowledge(_tenantId: string, id: string, actor: string): Promise<AlertView | undefined> {
    const alert = this.raised.find((one) => one.id === id)
    if (alert && alert.acknowledgedAt === null)
      Object.assign(alert, { acknowledgedAt: this.#now().toISOString(), acknowledgedBy: actor })
    return alert
  }
}
