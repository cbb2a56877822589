import type { SourceOrigin } from '@stageline/domain'
import type { RecordSource } from '@stageline/engine/ports'
import type { Outbound } from '../http/outbound.ts'
import { bigquerySource } from './bigquery-source.ts'
import type { Connection, ConnectionOf, SourceSettings } from './connections.ts'
import { duckdbSource } from './duckdb-source.ts'
import { googleToken } from './google-token.ts'
import { httpSource } from './http-source.ts'
import { postgresSource } from './postgres-source.ts'
import { sourceFault } from './source-error.ts'

export type SourceDeps = {
  settings: SourceSettings
  outbound: Outbound
  /** Whose connections without a list of tenants, and whose the folder are. */
  ownTenantId: string
  now: () => Date
}

/**
 * Opens what a source names. Nothing is asked before it is read.
 * @throws DataError `source.unknown_connection`, `source.no_folder`
 */
export function createSources(deps: SourceDeps): (origin: SourceOrigin, tenantId: string) => RecordSource {
  return (origin, tenantId) => {
    switch (origin.kind) {
      case 'http': {
        const { connection: name } = origin
        const connection = name === undefined ? undefined : connectionOf(name, 'http', tenantId, deps)
        return httpSource(origin, { ...deps, connection })
      }
      case 'postgres':
        return postgresSource(origin.query, connectionOf(origin.connection, 'postgres', tenantId, deps).url)
      case 'duckdb':
        return duckdbSource(origin, folderOf(tenantId, deps))
      case 'bigquery': {
        const connection = connectionOf(origin.connection, 'bigquery', tenantId, deps)
        const { serviceAccount } = connection
        return bigquerySource(origin.query, {
          ...deps,
          connection,
          token: serviceAccount && googleToken(serviceAccount, deps),
        })
      }
      default:
        return origin satisfies never
    }
  }
}

/** One answer for a connection that is not there and one that is another tenant's. */
function connectionOf<Kind extends Connection['kind']>(
  name: string,
  kind: Kind,
  tenantId: string,
  { settings, ownTenantId }: SourceDeps,
): ConnectionOf<Kind> {
  const { [name]: connection } = settings.STAGELINE_SOURCE_CONNECTIONS
  const tenants = connection?.tenants ?? [ownTenantId]
  if (!connection || !tenants.includes(tenantId) || connection.kind !== kind)
    throw sourceFault(
      'source.unknown_connection',
      `There is no ${kind} connection "${name}" here: name it in STAGELINE_SOURCE_CONNECTIONS of the orchestrator`,
    )
  return connection as ConnectionOf<Kind>
}

function folderOf(tenantId: string, { settings, ownTenantId }: SourceDeps): string {
  const { STAGELINE_SOURCE_DIR: folder } = settings
  if (folder === undefined || tenantId !== ownTenantId)
    throw sourceFault(
      'source.no_folder',
      'There is no folder for sources here: name it as STAGELINE_SOURCE_DIR of the orchestrator',
    )
  return folder
}
