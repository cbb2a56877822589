import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Express } from 'express'

/**
 * Begins to serve. Limits stand here: 16 kB of headers within 10 s, a whole request within 5 minutes (an upload over a
 * slow line), connections at rest for 5 s.
 */
export async function listen(
  app: Express,
  { host, port }: { host: string; port: number },
): Promise<{ port: number; server: Server }> {
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 300_000, keepAliveTimeout: 5_000 },
    app,
  )
  server.maxHeadersCount = 100
  server.on('clientError', refuseBroken)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  // A listening TCP server has an address of this form.
  return { server, port: (server.address() as AddressInfo).port }
}

/**
 * Goes on answering for `lingerMs`, each answer being the last on its connection, so that whoever stands before this
 * process can turn to another. Then takes nothing new and ends what is under way, all of it within `withinMs`; idle
 * connections would otherwise hold the process.
 */
export async function stopListening(server: Server, { lingerMs, withinMs }: Ending): Promise<void> {
  server.prependListener('request', (_request, response) => void (response.shouldKeepAlive = false))
  const lingering = Math.min(lingerMs, withinMs)
  await delay(lingering)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const deadline = setTimeout(() => server.closeAllConnections(), withinMs - lingering)
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

type Ending = { lingerMs: number; withinMs: number }

const BROKEN: Record<string, [status: number, title: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/** What is not even HTTP gets an answer of the same form as everything else. */
function refuseBroken(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, title] = BROKEN[error.code ?? ''] ?? [400, 'Bad Request']
  const body = JSON.stringify({ type: 'about:blank', title, status })
  const head = ['Content-Type: application/problem+json', `Content-Length: ${body.length}`, 'Connection: close']
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}
