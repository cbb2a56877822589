import { waitFor } from '@stageline/testkit'
import { durationMs, type Compose, type ComposeService } from './compose-file.ts'
import type { Engine } from './engine.ts'

/** The containers of one compose file: what `docker compose` does, in so far as the file asks for it. */
export type ComposeProject = {
  /** Everything that stands in no profile, each when what it depends on is there. */
  up(scale?: Readonly<Record<string, number>>): Promise<void>
  /** A container of its own that ends; returns what it printed. */
  runOnce(service: string, args?: readonly string[]): Promise<string>
  /** Names of the running containers of a service. */
  containersOf(service: string): string[]
  exec(container: string, command: readonly string[]): Promise<string>
  /** Stops as `docker compose down`; returns the exit code of each container. Volumes stay, unless asked. */
  down(options?: { volumes?: boolean }): Promise<Record<string, number>>
}

export function openProject(engine: Engine, compose: Compose, name: string): ComposeProject {
  const started = new Map<string, string[]>()
  const network = `${name}_default`
  let made = false

  const serviceOf = (service: string): ComposeService => {
    const found = compose.services[service]
    if (!found) throw new Error(`There is no service ${service} in the compose file`)
    return found
  }

  const makeNetwork = async (): Promise<void> => {
    if (!made) await engine.run(['network', 'create', network])
    made = true
  }

  /** Starts what is missing of a service, after all that it depends on. */
  const start = async (service: string, count = 1): Promise<void> => {
    const running = started.get(service) ?? []
    if (running.length >= count) return
    await startDependencies(service)
    const settings = runArguments(service, serviceOf(service), { name, network, engine })
    for (let number = running.length + 1; number <= count; number += 1) {
      const container = `${name}-${service}-${number}`
      await engine.run(['run', '--detach', '--name', container, ...settings])
      started.set(service, [...(started.get(service) ?? []), container])
    }
  }

  const startDependencies = async (service: string): Promise<void> => {
    for (const [dependency, { condition }] of Object.entries(serviceOf(service).depends_on)) {
      await start(dependency)
      const [container = ''] = started.get(dependency) ?? []
      if (condition === 'service_healthy') await untilHealthy(dependency, container)
      else await untilCompleted(container)
    }
  }

  const exec = (container: string, command: readonly string[]) => engine.run(['exec', container, ...command])

  /** The check is run from here: Podman leaves that to systemd, which is not everywhere. */
  const untilHealthy = async (service: string, container: string): Promise<void> => {
    const { healthcheck } = serviceOf(service)
    if (!healthcheck) throw new Error(`${service} has no health check`)
    const healthy = () =>
      exec(container, healthcheck.test.slice(1)).then(
        () => true,
        () => false,
      )
    const timeoutMs = durationMs(healthcheck.start_period) + durationMs(healthcheck.interval) * healthcheck.retries
    await waitFor(healthy, { timeoutMs, message: `${container} to be healthy` })
  }

  const untilCompleted = async (container: string): Promise<void> => {
    const code = await engine.run(['wait', container])
    if (code === '0') return
    throw new Error(`${container} ended with ${code}:\n${await engine.run(['logs', container])}`)
  }

  return {
    async up(scale = {}) {
      await makeNetwork()
      const services = Object.keys(compose.services).filter((service) => serviceOf(service).profiles.length === 0)
      for (const service of services) await start(service, scale[service])
      for (const service of services.filter((one) => serviceOf(one).healthcheck)) {
        for (const container of started.get(service) ?? []) await untilHealthy(service, container)
      }
    },
    async runOnce(service, args = []) {
      await makeNetwork()
      await startDependencies(service)
      const definition = { ...serviceOf(service), ...(args.length > 0 ? { command: [...args] } : {}) }
      return engine.run(['run', '--rm', ...runArguments(service, definition, { name, network, engine })])
    },
    containersOf: (service) => started.get(service) ?? [],
    exec,
    async down({ volumes = false } = {}) {
      const containers = [...started.values()].flat().toReversed()
      started.clear()
      const codes = await stopAll(engine, containers)
      if (made) await engine.run(['network', 'rm', network])
      made = false
      for (const volume of volumes ? Object.keys(compose.volumes) : []) {
        await engine.run(['volume', 'rm', '--force', `${name}_${volume}`])
      }
      return codes
    },
  }
}

type RunContext = { name: string; network: string; engine: Engine }

function runArguments(service: string, definition: ComposeService, { name, network, engine }: RunContext): string[] {
  const { image, command, user, restart, shm_size: shm, stop_grace_period: grace } = definition
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value])
  return [
    '--no-healthcheck',
    ...each('--network', [network]),
    ...each('--network-alias', [service]),
    ...each(
      '--env',
      Object.entries(definition.environment).map(([key, value]) => `${key}=${value}`),
    ),
    ...each('--tmpfs', definition.tmpfs),
    ...each('--cap-drop', definition.cap_drop),
    ...each('--security-opt', definition.security_opt),
    ...each(
      '--volume',
      definition.volumes.map((volume) => `${name}_${volume}`),
    ),
    ...each('--publish', definition.ports),
    ...(definition.read_only ? ['--read-only'] : []),
    // Podman alone would make folders for scratch files writable all the same.
    ...(definition.read_only && engine.kind === 'podman' ? ['--read-only-tmpfs=false'] : []),
    ...(user === undefined ? [] : ['--user', user]),
    ...(shm === undefined ? [] : ['--shm-size', shm]),
    ...(grace === undefined ? [] : ['--stop-timeout', String(durationMs(grace) / 1_000)]),
    ...(restart === 'no' ? [] : ['--restart', restart]),
    image,
    ...command,
  ]
}

/** In the order given, each within the grace time that it was started with. */
async function stopAll(engine: Engine, containers: readonly string[]): Promise<Record<string, number>> {
  const codes: Record<string, number> = {}
  for (const container of containers) {
    await engine.run(['stop', container])
    codes[container] = Number(await engine.run(['inspect', '--format', '{{.State.ExitCode}}', container]))
    await engine.run(['rm', '--force', '--volumes', container])
  }
  return codes
}
