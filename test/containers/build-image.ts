import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BUILD_OPTIONS, localName } from './base-images.ts'
import type { Engine } from './engine.ts'

const execute = promisify(execFile)

/** The images that a Dockerfile stands on, by the defaults of its arguments. */
export async function baseImagesOf(dockerfile: string): Promise<string[]> {
  const text = await readFile(dockerfile, 'utf8')
  return [...text.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)].flatMap(([, image]) => image ?? [])
}

/** Builds the image of the services; its package manager fetches from where this machine's does. */
export async function buildImage(engine: Engine, { root, image }: { root: string; image: string }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stageline-build-'))
  try {
    const options = [...BUILD_OPTIONS[engine.kind], ...(await secrets(folder))]
    const args = ['build', ...options, '--tag', localName(engine, image), root]
    await engine.run(args, { timeoutMs: 900_000 })
    // Podman's images are this checkout's own; what earlier builds left would fill the disk.
    if (engine.kind === 'podman') await engine.run(['image', 'prune', '--force', '--filter', 'until=1h'])
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function secrets(folder: string): Promise<string[]> {
  const settings = join(folder, 'npmrc')
  const certificates = (await npmSetting('cafile')) || process.env.NODE_EXTRA_CA_CERTS
  const lines = [`registry=${await npmSetting('registry')}`, ...(certificates ? ['cafile=/run/secrets/ca'] : [])]
  await writeFile(settings, `${lines.join('\n')}\n`)
  const given = [['npmrc', settings], ...(certificates ? [['ca', certificates]] : [])]
  return given.flatMap(([id, source]) => ['--secret', `id=${id},src=${source}`])
}

/** As npm knows it, from wherever; empty where it is not set. */
async function npmSetting(name: string): Promise<string> {
  const { stdout } = await execute('npm', ['config', 'get', name])
  const value = stdout.trim()
  return ['null', 'undefined'].includes(value) ? '' : value
}
