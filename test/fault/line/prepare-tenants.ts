import { createApiKey, migrate } from '@stageline/store'
import { waitFor } from '@stageline/testkit'
import type { Admin } from './admin.ts'
import { DEFINITION } from './job-mix.ts'
import type { Member } from './member.ts'
import type { Tenant } from './submitter.ts'

const OTHER_TENANT = '00000000-0000-7000-8000-000000000002'
const STAFFED_WITHIN_MS = 90_000

/** Schema, two tenants that must never see each other's markers, and a key for each. */
export async function prepareTenants(
  adminUrl: string,
  admin: Admin,
  { gateway, worker }: Record<'gateway' | 'worker', string>,
): Promise<Tenant[]> {
  await migrate({ adminUrl, gatewayPassword: gateway, workerPassword: worker })
  await admin.query(`INSERT INTO tenants (id, key) VALUES ($1, 'other')`, [OTHER_TENANT])
  const keyOf = async (tenant: string): Promise<Tenant> => {
    const { key, tenantId } = await createApiKey({ adminUrl, name: 'bench', tenant })
    return { id: tenantId, apiKey: key, marker: `marker-of-${tenant}` }
  }
  return Promise.all(['default', 'other'].map(keyOf))
}

/** Registers the workflow of the bench for each tenant, as soon as every stage has a worker. */
export async function registerWorkflow(gateway: Member, tenants: readonly Tenant[]): Promise<void> {
  for (const { apiKey } of tenants) {
    const saved = async () => {
      const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/workflows/${DEFINITION.key}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(DEFINITION),
      })
      return answer.ok
    }
    await waitFor(saved, { timeoutMs: STAFFED_WITHIN_MS, message: 'the workflow to be taken' })
  }
}
