import type { SlaSettings } from '@stageline/domain'
import type { SlaBook, SlaConfigView, SlaFigures, SlaRecordView } from '../ports/index.ts'

const SCOPE = ['subject', 'taskType', 'serviceArea', 'workflow', 'stage'] as const

const isSameScope = (a: SlaSettings, b: SlaSettings): boolean => SCOPE.every((name) => a[name] === b[name])

/** Configs of one tenant in memory; records and figures are what a test puts in. */
export class MemorySlaBook implements SlaBook {
  readonly #configs = new Map<string, SlaConfigView>()
  readonly #now: () => Date
  kept: SlaRecordView[] = []
  shown: SlaFigures = { now: { running: 0, atRisk: 0, paused: 0 }, weeks: [] }

  constructor(now: () => Date) {
    this.#now = now
  }

  async configs(): Promise<SlaConfigView[]> {
    return [...this.#configs.values()]
  }

  async config(_tenantId: string, id: string): Promise<SlaConfigView | undefined> {
    return this.#configs.get(id)
  }

  async addConfig(_tenantId: string, { id, settings, actor }: Parameters<SlaBook['addConfig']>[1]) {
    if ([...this.#configs.values()].some((other) => isSameScope(other, settings))) return 'exists'
    const at = this.#now().toISOString()
    const view = { ...settings, id, version: 1, changedBy: actor, createdAt: at, changedAt: at }
    this.#configs.set(id, view)
    return view
  }

  async changeConfig(_tenantId: string, change: Parameters<SlaBook['changeConfig']>[1]) {
    const { id, settings, actor, ifVersion } = change
    const others = [...this.#configs.values()].filter((config) => config.id !== id)
    if (others.some((other) => isSameScope(other, settings))) return 'exists'
    const before = this.#configs.get(id)
    if (before?.version !== ifVersion) return 'changed'
    const view = {
      ...before,
      ...settings,
      version: ifVersion + 1,
      changedBy: actor,
      changedAt: this.#now().toISOString(),
    }
    this.#configs.set(id, view)
    return view
  }

  async records() {
    return { items: this.kept, next: null }
  }

  async figures(): Promise<SlaFigures> {
    return this.shown
  }
}
