import { accessSync, chmodSync, constants, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { sharedLibraryFolders, unpackDebianPackages } from '@stageline/local'

const PACKAGES = ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'debootstrap']
const IPTABLES = ['iptables', 'ip6tables', 'iptables-save', 'ip6tables-save', 'iptables-restore', 'ip6tables-restore']

export type Podman = { program: string; env: NodeJS.ProcessEnv }

/**
 * Podman with settings, images and networks of its own, below `cache`: the one on PATH, or Debian's packages unpacked
 * there. Nothing is installed.
 *
 * @returns undefined where there is neither Podman nor apt.
 */
export async function preparePodman(cache: string, report: (line: string) => void): Promise<Podman | undefined> {
  const root = join(cache, 'podman')
  const home = join(cache, 'containers')
  const unpacked = join(root, 'usr/bin/podman')
  if (!onPath('podman') && !existsSync(unpacked) && !(await unpackDebianPackages(PACKAGES, { root, report }))) {
    return undefined
  }
  mkdirSync(join(home, 'bin'), { recursive: true })
  const env = environment(root, home, (await sharedLibraryFolders(root)).join(':'))
  linkPrograms(root, join(home, 'bin'))
  writeConmon(root, home, env)
  writeSettings(root, home)
  return { program: onPath('podman') ?? unpacked, env }
}

/** Where the machine's own alternatives would lead; it has none for what is only unpacked. */
function linkPrograms(root: string, bin: string): void {
  const program = join(root, 'usr/sbin/xtables-nft-multi')
  if (!existsSync(program)) return
  for (const name of IPTABLES) {
    rmSync(join(bin, name), { force: true })
    symlinkSync(program, join(bin, name))
  }
}

/**
 * Podman starts itself anew through conmon to clean up after a container, and hands it only some of its environment:
 * without the rest it does not start, or leaves the rules of published ports behind.
 */
function writeConmon(root: string, home: string, env: NodeJS.ProcessEnv): void {
  const exports = Object.entries(env).map(([key, value]) => `export ${key}='${value}'`)
  const program = firstOf(join(root, 'usr/bin/conmon'), '/usr/bin/conmon')
  writeFileSync(join(home, 'bin/conmon'), `#!/bin/sh\n${exports.join('\n')}\nexec ${program} "$@"\n`)
  chmodSync(join(home, 'bin/conmon'), 0o755)
}

/** runc, since crun refuses mixed cgroup hierarchies; no systemd is needed for anything. */
function writeSettings(root: string, home: string): void {
  const containers = `[containers]
default_ulimits = ["nofile=1024:20000", "nproc=4096:4096"]
seccomp_profile = "${firstOf(join(root, 'usr/share/containers/seccomp.json'), '/usr/share/containers/seccomp.json')}"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["${join(home, 'bin/conmon')}"]
helper_binaries_dir = ["${join(root, 'usr/lib/podman')}", "/usr/lib/podman", "/usr/libexec/podman"]
[engine.runtimes]
runc = ["${join(root, 'usr/sbin/runc')}", "/usr/sbin/runc", "/usr/bin/runc"]
[network]
network_backend = "netavark"
network_config_dir = "${join(home, 'networks')}"
`
  const storage = `[storage]
driver = "overlay"
graphroot = "${join(home, 'storage')}"
runroot = "/run/stageline-containers"
`
  mkdirSync(join(home, 'home/.config/containers'), { recursive: true })
  mkdirSync(join(home, 'tmp'), { recursive: true })
  writeFileSync(join(home, 'containers.conf'), containers)
  writeFileSync(join(home, 'storage.conf'), storage)
  const policy = { default: [{ type: 'insecureAcceptAnything' }] }
  writeFileSync(join(home, 'home/.config/containers/policy.json'), JSON.stringify(policy))
}

function environment(root: string, home: string, libraries: string): NodeJS.ProcessEnv {
  const folders = [join(home, 'bin'), join(root, 'usr/bin'), join(root, 'usr/sbin'), process.env.PATH ?? '']
  const tables = join(sharedFolder(libraries), 'xtables')
  const scripts = join(root, 'usr/share/debootstrap')
  return {
    PATH: `${folders.join(delimiter)}${delimiter}/usr/sbin${delimiter}/sbin`,
    HOME: join(home, 'home'),
    TMPDIR: join(home, 'tmp'),
    LD_LIBRARY_PATH: libraries,
    CONTAINERS_CONF: join(home, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(home, 'storage.conf'),
    ...(existsSync(tables) ? { XTABLES_LIBDIR: tables } : {}),
    ...(existsSync(scripts) ? { DEBOOTSTRAP_DIR: scripts } : {}),
  }
}

const sharedFolder = (libraries: string): string =>
  libraries.split(':').find((folder) => existsSync(join(folder, 'xtables'))) ?? ''

const firstOf = (...paths: [string, ...string[]]): string => paths.find((path) => existsSync(path)) ?? paths[0]

export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
