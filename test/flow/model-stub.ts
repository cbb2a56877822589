import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A question as it came over the wire. */
export type Asked = {
  /** Name and version of what was asked: `extraction_v1`. */
  template: string
  /** The document, between its marks. */
  prompt: string
  idempotencyKey: string
  at: number
}

/** What the model says; anything else that a server does is done to the response itself. */
export type Reply = { says: unknown } | { does: (response: ServerResponse) => void }

/** A server that speaks the API of chat completions, over a real socket, and says or does what the test wants. */
export async function startModelStub(answer: (asked: Asked) => Reply) {
  const asked: Asked[] = []
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { messages, response_format: form } = JSON.parse(await text(request)) as Completion
    const question = {
      template: form.json_schema.name,
      prompt: messages.at(-1)!.content,
      idempotencyKey: String(request.headers['idempotency-key']),
      at: performance.now(),
    }
    asked.push(question)
    const reply = answer(question)
    if ('does' in reply) reply.does(response)
    else sendJson(response, 200, completion(JSON.stringify(reply.says)))
  }
  const server = createServer((request, response) => void answerTo(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    /** `127.0.0.1:<port>`, as an allow-list names it. */
    host,
    asked: asked as readonly Asked[],
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Completion = { messages: { content: string }[]; response_format: { json_schema: { name: string } } }

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** An answer with its counts of tokens, 1,000 in and 20 out. */
export const completion = (content: string | null, finish = 'stop', message: object = {}) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'stub-1',
  choices: [{ index: 0, message: { role: 'assistant', content, ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 1_000, completion_tokens: 20, total_tokens: 1_020 },
})
