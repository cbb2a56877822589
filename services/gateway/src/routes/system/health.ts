import type { RequestHandler } from 'express'
import type { GatewayDeps, HealthAnswer } from '../../gateway-deps.ts'

type Health = Pick<GatewayDeps, 'health'>

/** Says whether the start is over. */
export const startup = ({ health }: Health): RequestHandler => answerWith(async () => health.started())

/** Says that the process serves requests; asks nobody else. */
export const live = ({ health }: Health): RequestHandler => answerWith(async () => health.live())

/** Names the part that is missing, without addresses or causes: strangers may ask. */
export const ready = ({ health }: Health): RequestHandler => answerWith(() => health.ready())

const answerWith =
  (ask: () => Promise<HealthAnswer>): RequestHandler =>
  async (_request, response) => {
    const { status, body } = await ask()
    response.status(status).type('application/health+json').set('Cache-Control', 'no-store').send(JSON.stringify(body))
  }
