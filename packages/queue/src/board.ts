import type { Queue } from 'bullmq'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The handler of an Express router; typed by its shape, since this package serves no HTTP itself. */
export type Handler = (request: IncomingMessage, response: Answer, next: (error?: unknown) => void) => unknown
type Answer = ServerResponse & { send(body: unknown): unknown }

export type Board = {
  router: Handler
  /** Which stage queues it shows, besides manual-review. */
  show(stages: readonly string[]): void
}

export type BoardOptions = {
  queueOf: (stage: string) => Queue
  review: Queue
  /** Where the browser sees it, such as `/queues`. */
  basePath: string
}

/** Opens with the first request: every process has this package, and only some gateway's board is ever looked at. */
export function createBoard(options: BoardOptions): Board {
  let stages: readonly string[] = []
  let opening: Promise<Board> | undefined
  return {
    router: async (request, response, next) => {
      opening ??= import('./open-board.ts').then(({ openBoard }) => openBoard(options))
      const board = await opening
      board.show(stages)
      return board.router(request, response, next)
    },
    show: (known) => {
      stages = known
    },
  }
}
