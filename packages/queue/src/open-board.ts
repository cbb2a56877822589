import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { Queue } from 'bullmq'
import type { Board, BoardOptions, Handler } from './board.ts'
import { REVIEW_QUEUE } from './review-queue.ts'

/**
 * Bull Board over all stage queues and manual-review: read-only, always, since its buttons act on raw queues and would
 * go round the record. Each message links to the list of its jobs.
 */
export function openBoard({ queueOf, review, basePath }: BoardOptions): Board {
  const server = new ExpressAdapter()
  server.setBasePath(basePath)
  const adapter = (queue: Queue) =>
    new BullMQAdapter(queue, {
      readOnlyMode: true,
      description:
        queue.name === REVIEW_QUEUE
          ? 'One message for each task that waits for a person'
          : 'Messages, each with one step or a bundle; true counts of steps are on the first page',
      externalJobUrl: ({ id }) =>
        queue.name === REVIEW_QUEUE
          ? { displayText: 'Task', href: `/tasks/${String(id).replace(/^task-/, '')}` }
          : { displayText: 'Jobs', href: `/messages/${queue.name}/${id}` },
    })
  const reviewAdapter = adapter(review)
  const adapters = new Map<string, BullMQAdapter>()
  const board = createBullBoard({
    queues: [reviewAdapter],
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: 'Stageline queues',
        boardLogo: { path: '/public/icon.svg', width: 28, height: 28 },
        hideDocsLink: true,
        miscLinks: [{ text: 'Stageline', url: '/' }],
      },
    },
  })
  return {
    router: withOwnFilesOnly(server.getRouter()),
    show: (stages) => {
      for (const stage of stages) adapters.set(stage, adapters.get(stage) ?? adapter(queueOf(stage)))
      board.setQueues([...stages.map((stage) => adapters.get(stage)!), reviewAdapter])
    },
  }
}

/** Its page asks another host for fonts and brings a style sheet inside itself; it reads well without either. */
const FOREIGN = /<link[^>]*href="https?:[^>]*>|<style>[^]*?<\/style>/g

function withOwnFilesOnly(board: Handler): Handler {
  return (request, response, next) => {
    const send = response.send.bind(response)
    response.send = (body) => send(typeof body === 'string' ? body.replaceAll(FOREIGN, '') : body)
    return board(request, response, next)
  }
}
