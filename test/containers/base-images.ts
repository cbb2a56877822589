import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from './engine.ts'
import { onPath, preparePodman } from './prepare-podman.ts'

const execute = promisify(execFile)
const STAND_INS = join(import.meta.dirname, 'stand-ins')
/** What the stand-ins run, all in one image of Debian: making one takes the time, not its size. */
const PACKAGES = ['redis-server', 'postgresql', 'libatomic1', 'ca-certificates']
const DEBIAN = 'stageline-stand-in-debian'

export type BaseImagesOptions = { engine: Engine; cache: string; report: (line: string) => void }

/**
 * Sees to it that each image can be had under its name: it is here, it can be pulled, or a stand-in for it is made from
 * Debian's packages.
 *
 * @returns the names of those that are stand-ins.
 */
export async function ensureBaseImages(names: readonly string[], options: BaseImagesOptions): Promise<string[]> {
  const { engine, report } = options
  for (const name of names) {
    if ((await exists(engine, name)) || (await pull(engine, name))) continue
    report(`${name} cannot be pulled: making a stand-in from Debian's packages`)
    await makeStandIn(name, await ensureDebian(options), options)
  }
  const marked = await Promise.all(names.map(async (name) => ((await isStandIn(engine, name)) ? [name] : [])))
  return marked.flat()
}

const exists = (engine: Engine, name: string): Promise<boolean> =>
  engine.run(['image', 'inspect', name]).then(
    () => true,
    () => false,
  )

const pull = (engine: Engine, name: string): Promise<boolean> =>
  engine.run(['pull', '--quiet', name], { timeoutMs: 180_000 }).then(
    () => true,
    () => false,
  )

const isStandIn = async (engine: Engine, name: string): Promise<boolean> =>
  (await engine.run(['image', 'inspect', '--format', '{{.Config.Labels}}', name])).includes('stand-in')

async function makeStandIn(name: string, debian: string, { engine, cache }: BaseImagesOptions): Promise<void> {
  const [repository = ''] = name.split(':')
  const context = repository === 'node' ? await nodeContext(cache) : STAND_INS
  const options = [...BUILD_OPTIONS[engine.kind], '--build-arg', `DEBIAN=${debian}`, '--label', 'stand-in=yes']
  const file = join(STAND_INS, `${repository}.Dockerfile`)
  await engine.run(['build', ...options, '--tag', localName(engine, name), '--file', file, context])
  if (context !== STAND_INS) await rm(context, { recursive: true })
}

/** Podman wants to be told that a name without a host is not to be looked for elsewhere. */
export const localName = (engine: Engine, name: string): string =>
  engine.kind === 'podman' ? `localhost/${name}` : name

/** On the network of the machine, which knows the way to its package servers; Docker's format keeps health checks. */
export const BUILD_OPTIONS: Record<Engine['kind'], string[]> = {
  docker: ['--quiet'],
  podman: ['--quiet', '--network=host', '--pull=never', '--format=docker'],
}

/** The Node that runs this test, and the machine's npm. */
async function nodeContext(cache: string): Promise<string> {
  const npm = onPath('npm')
  if (!npm) throw new Error('There is no npm to put into the stand-in for Node')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'node-'))
  await cp(process.execPath, join(folder, 'node'))
  await cp(dirname(dirname(await realpath(npm))), join(folder, 'npm'), { recursive: true })
  return folder
}

async function ensureDebian(options: BaseImagesOptions): Promise<string> {
  const { engine, cache, report } = options
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1]
  const name = `${DEBIAN}:${suite}`
  if (await exists(engine, name)) return name
  const tools = await preparePodman(cache, report)
  const mirror = await mirrorOf(suite)
  if (!suite || !mirror || !tools) throw new Error('No image can be pulled, and there is no apt to make one from')
  report(`Making an image of ${suite}, which takes a minute once`)
  const root = join(cache, 'containers', 'debian')
  await rm(root, { recursive: true, force: true })
  const include = `--include=${PACKAGES.join(',')}`
  await execute('debootstrap', ['--variant=minbase', include, suite, root, mirror], {
    env: tools.env,
    maxBuffer: 2 ** 26,
  })
  await importFolder(root, name, engine)
  return name
}

async function importFolder(root: string, name: string, engine: Engine): Promise<void> {
  const without = ['./var/cache/apt/archives', './var/lib/apt/lists', './usr/share/doc', './usr/share/locale']
  const archive = `${root}.tar`
  await execute('tar', ['-C', root, ...without.map((path) => `--exclude=${path}/*`), '-cf', archive, '.'])
  await engine.run(['import', archive, localName(engine, name)])
  await rm(archive)
  await rm(root, { recursive: true })
}

/** Where this machine gets the packages of its own release from. */
async function mirrorOf(suite: string | undefined): Promise<string | undefined> {
  const format = ['--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages']
  const { stdout } = await execute('apt-get', ['indextargets', ...format]).catch(() => ({ stdout: '' }))
  const line = stdout.split('\n').find((target) => target.endsWith(` ${suite}`))
  return line?.split(' ')[0]
}
