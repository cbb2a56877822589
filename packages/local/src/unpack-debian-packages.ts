import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCommand } from './run-command.ts'

export type UnpackOptions = {
  /** Folder that takes the place of `/` for the packages; replaced as a whole. */
  root: string
  signal?: AbortSignal | undefined
  report?: ((line: string) => void) | undefined
}

/**
 * Downloads Debian packages with all that this machine lacks of what they need and unpacks them into a folder, without
 * installing anything and without being root. Names and versions come from apt, so any release will do.
 *
 * @returns false where there is no apt or it does not know the packages.
 */
export async function unpackDebianPackages(names: string[], options: UnpackOptions): Promise<boolean> {
  const { root, signal, report } = options
  const work = `${root}.partial`
  await rm(work, { recursive: true, force: true })
  await mkdir(join(work, 'archives'), { recursive: true })
  try {
    for (const apt of [[], await ownIndex(`${root}-apt`)]) {
      if (apt.length > 0 && !(await refresh(apt, options))) continue
      const missing = await missingPackages(names, apt, signal)
      if (missing.length === 0) continue
      report?.(`Fetching ${names.join(', ')} as Debian packages (${missing.length}), unpacked into ${root}`)
      if (await downloadAndUnpack(missing, { apt, work, signal })) return await putInPlace(work, root)
    }
    return false
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** An index of our own, for machines whose index is empty or stale and not ours to change. */
async function ownIndex(folder: string): Promise<string[]> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true })
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true })
  return [
    '-o',
    `Dir::State::lists=${folder}/lists`,
    '-o',
    `Dir::Cache=${folder}/cache`,
    '-o',
    'APT::Sandbox::User=root',
  ]
}

const refresh = (apt: string[], { signal, report }: UnpackOptions): Promise<boolean> => {
  report?.('Fetching the index of Debian packages')
  return succeeds(runCommand('apt-get', [...apt, '-qq', 'update'], { signal }), signal)
}

/** What `apt-get install` would add; nothing when a name is unknown or apt is not there. */
async function missingPackages(names: string[], apt: string[], signal?: AbortSignal): Promise<string[]> {
  const plan = await runCommand('apt-get', [...apt, '-qq', '-s', 'install', '--no-install-recommends', ...names], {
    signal,
  }).catch(() => signal?.throwIfAborted())
  return [...(plan ?? '').matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
}

async function downloadAndUnpack(
  names: string[],
  { apt, work, signal }: { apt: string[]; work: string; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const archives = join(work, 'archives')
  const download = runCommand('apt-get', [...apt, '-qq', 'download', ...names], { cwd: archives, signal })
  if (!(await succeeds(download, signal))) return false
  for (const file of await readdir(archives)) {
    await runCommand('dpkg', ['-x', join(archives, file), join(work, 'root')], { signal })
  }
  return true
}

async function putInPlace(work: string, root: string): Promise<boolean> {
  await rm(root, { recursive: true, force: true })
  await mkdir(dirname(root), { recursive: true })
  await rename(join(work, 'root'), root)
  return true
}

async function succeeds(running: Promise<string>, signal: AbortSignal | undefined): Promise<boolean> {
  return (await running.catch(() => signal?.throwIfAborted())) !== undefined
}

/** Folders below `root` that hold shared libraries, as `LD_LIBRARY_PATH` wants them. */
export async function sharedLibraryFolders(root: string): Promise<string[]> {
  const files = await Promise.all(['lib', 'usr/lib'].map((folder) => listAll(join(root, folder))))
  const libraries = files.flat().filter((file) => /\.so(\.|$)/.test(file))
  return [...new Set(libraries.map((file) => dirname(file)))]
}

async function listAll(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.map((entry) => join(entry.parentPath, entry.name))
}
