import { setTimeout as delay } from 'node:timers/promises'
import type { EventView, RecordReader } from '@stageline/engine/ports'

/** As many as one question to the record brings. */
const PAGE = 500

/** How often those who were told nothing learn how far the record has got. */
const MARK_MS = 5_000

/** What somebody wants to hear of; nothing: all of it. */
export type Wish = { jobId?: string | undefined; batchId?: string | undefined; bulkActionId?: string | undefined }

export type Listener = {
  wish: Wish
  tell(event: EventView): void
  mark(cursor: string): void
  /** Took no more: it goes on by itself, behind what it was told last. */
  readonly isBlocked: boolean
  readonly signal: AbortSignal
}

type Place = {
  listener: Listener
  /** What it has seen already, or was told last. */
  after: string
  /** Nothing since the last mark. */
  isQuiet: boolean
  end: (result: { after: string } | { error: unknown }) => void
}

/**
 * Reads what happens to a tenant's jobs once for all who follow it on this process, and hands each event to those who
 * want it: the cost is that of the events and not of the events times the listeners. It reads while somebody uses it.
 */
export class EventFeed {
  readonly #reader: RecordReader
  readonly #tenantId: string
  readonly #pollMs: number
  readonly #topics = new Map<string, Set<Place>>()
  #users = 0
  #begun: Promise<void> | undefined
  #position = ''

  constructor(reader: RecordReader, tenantId: string, pollMs: number) {
    this.#reader = reader
    this.#tenantId = tenantId
    this.#pollMs = pollMs
  }

  /** Uses it until the end of the block: it begins with the present. */
  async use(): Promise<Disposable> {
    this.#users += 1
    try {
      await (this.#begun ??= this.#begin())
    } catch (error) {
      this.#users -= 1
      throw error
    }
    return { [Symbol.dispose]: () => void (this.#users -= 1) }
  }

  /** Waits as long as between two questions to the record. */
  readonly pause = (signal: AbortSignal): Promise<void> => delay(this.#pollMs, undefined, { signal }).catch(() => {})

  /** Past events up to where the feed is, a page at a time. */
  async read(after: string): Promise<{ events: EventView[]; cursor: string }> {
    const position = this.#position
    const page = await this.#reader.events(this.#tenantId, after, PAGE)
    const isWhole = page.events.length < PAGE && this.#reader.compareCursors(page.cursor, position) < 0
    return isWhole ? { events: page.events, cursor: position } : page
  }

  /**
   * Tells what comes behind `after`, until the listener goes or takes no more; resolves with where it has got to.
   * Undefined while the feed is beyond that: what lies between has to be read first.
   */
  listen(listener: Listener, after: string): Promise<string> | undefined {
    if (this.#reader.compareCursors(after, this.#position) < 0) return undefined
    const topic = topicOf(listener.wish)
    const places = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, places)
    return new Promise((resolve, reject) => {
      const stop = () => place.end({ after: place.after })
      const end: Place['end'] = (result) => {
        places.delete(place)
        if (places.size === 0) this.#topics.delete(topic)
        listener.signal.removeEventListener('abort', stop)
        if ('error' in result) reject(result.error)
        else resolve(result.after)
      }
      const place: Place = { listener, after, isQuiet: true, end }
      places.add(place)
      if (listener.signal.aborted) stop()
      else listener.signal.addEventListener('abort', stop)
    })
  }

  async #begin(): Promise<void> {
    try {
      this.#position = await this.#reader.presentCursor(this.#tenantId)
    } catch (error) {
      this.#begun = undefined
      throw error
    }
    void this.#run()
  }

  async #run(): Promise<void> {
    let markedAt = performance.now()
    while (this.#users > 0) {
      const isMore = await this.#next().catch((error: unknown) => this.#fail(error))
      if (performance.now() - markedAt >= MARK_MS) {
        this.#mark()
        markedAt = performance.now()
      }
      if (!isMore) await delay(this.#pollMs)
    }
    this.#begun = undefined
  }

  async #next(): Promise<boolean> {
    const { events, cursor } = await this.#reader.events(this.#tenantId, this.#position, PAGE)
    for (const event of events) for (const topic of topicsOf(event)) this.#tell(topic, event)
    this.#position = cursor
    return events.length === PAGE
  }

  /** Their streams end, and they come back by themselves; whoever uses it then finds it where it was. */
  #fail(error: unknown): false {
    for (const place of this.#places()) place.end({ error })
    return false
  }

  #places(): Place[] {
    return [...this.#topics.values()].flatMap((places) => [...places])
  }

  #tell(topic: string, event: EventView): void {
    for (const place of this.#topics.get(topic) ?? []) {
      if (this.#reader.compareCursors(event.cursor, place.after) <= 0) continue
      place.listener.tell(event)
      place.after = event.cursor
      place.isQuiet = false
      if (place.listener.isBlocked) place.end({ after: place.after })
    }
  }

  #mark(): void {
    for (const place of this.#places()) {
      if (place.isQuiet && this.#reader.compareCursors(this.#position, place.after) > 0) {
        place.listener.mark(this.#position)
        place.after = this.#position
      }
      place.isQuiet = true
    }
  }
}

const ALL = 'all'

function topicOf({ jobId, batchId, bulkActionId }: Wish): string {
  if (jobId !== undefined) return `job ${jobId}`
  if (bulkActionId !== undefined) return `bulk ${bulkActionId}`
  return batchId === undefined ? ALL : `batch ${batchId}`
}

function topicsOf({ jobId, batchId, entry }: EventView): string[] {
  const part = partOf(entry.data)
  const topics = [ALL, `job ${jobId}`]
  if (batchId !== null) topics.push(`batch ${batchId}`)
  if (typeof part === 'string') topics.push(`bulk ${part}`)
  return topics
}

export const isWanted = (wish: Wish, event: EventView): boolean => topicsOf(event).includes(topicOf(wish))

/** The bulk action that an entry is part of. */
const partOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'bulkAction' in data ? data.bulkAction : undefined
