import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { preparePodman } from './prepare-podman.ts'

const execute = promisify(execFile)

/** What runs containers: Docker, or Podman, which takes the same commands but for what `kind` tells apart. */
export type Engine = {
  kind: 'docker' | 'podman'
  /** @returns what the command wrote to standard output. @throws Error with what it wrote to the other. */
  run(args: readonly string[], options?: { timeoutMs?: number }): Promise<string>
}

/** A Docker that answers, else Podman. @returns why there is none, where there is none. */
export async function findEngine(cache: string, report: (line: string) => void): Promise<Engine | { reason: string }> {
  const docker = openEngine('docker', 'docker', process.env)
  if (await answers(docker)) return docker
  if (process.getuid?.() !== 0) return { reason: 'no Docker answers, and Podman is started by root only' }
  const prepared = await preparePodman(cache, report)
  if (!prepared) return { reason: 'no Docker answers, no Podman is on PATH, and there is no apt to get it from' }
  const podman = openEngine('podman', prepared.program, prepared.env)
  return (await answers(podman)) ? podman : { reason: 'no Docker answers, and Podman cannot run here' }
}

function openEngine(kind: Engine['kind'], program: string, env: NodeJS.ProcessEnv): Engine {
  return {
    kind,
    run: async (args, { timeoutMs = 300_000 } = {}) => {
      const { stdout } = await execute(program, args, { env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 })
      return stdout.trim()
    },
  }
}

const answers = (engine: Engine): Promise<boolean> =>
  engine.run(['info', '--format', engine.kind === 'docker' ? '{{.ServerVersion}}' : '{{.Host.Kernel}}']).then(
    () => true,
    () => false,
  )
