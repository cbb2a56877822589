import type { GatewayDeps } from '../gateway-deps.ts'
import type { Identity } from '../guard/identity.ts'
import { html, type Html } from './html.ts'
import { jobTable } from './job-table.ts'
import { layout } from './layout.ts'

/** The jobs behind one message of Bull Board. */
export async function messagePage({ reader }: GatewayDeps, who: Identity, message: string): Promise<Html> {
  const jobs = await reader.jobs(who.tenantId, { message }, { limit: 200 })
  const body = html`<h1>Message <code>${message}</code></h1>
    <p>A message carries steps of one stage, one or a bundle. These jobs were in it last:</p>
    ${jobs.items.length === 0 ? html`<p class="empty">Its jobs have moved on, and no step remembers it.</p>` : jobTable(jobs.items)}`
  return layout({ title: 'Message', who, body })
}
