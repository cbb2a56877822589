import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HealthAnswer } from './health.ts'
import type { ServiceLife } from './run-service.ts'

/** `/health/startup`, `/health/live`, `/health/ready` and `/metrics` for services that serve nothing else. */
export async function serveHealth({ HOST, PORT }: { HOST: string; PORT: number }, life: ServiceLife): Promise<void> {
  const { health, telemetry, onStop } = life
  const server = createServer((request, response) => {
    const answer = ({ status, body }: HealthAnswer) =>
      response
        .writeHead(status, { 'content-type': 'application/health+json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body))
    if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end()
    else if (request.url === '/health/startup') answer(health.started())
    else if (request.url === '/health/live') answer(health.live())
    else if (request.url === '/health/ready') void health.ready().then(answer)
    else if (request.url === '/metrics' && telemetry.metricsHandler) telemetry.metricsHandler(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(PORT, HOST, resolve))
  onStop.defer(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  telemetry.logger.info({ port: (server.address() as AddressInfo).port }, 'health listening')
}
