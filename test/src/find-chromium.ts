import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { sharedLibraryFolders, unpackDebianPackages } from '@stageline/local'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PACKAGES = ['chromium', 'fonts-dejavu-core']

/**
 * A Chromium that starts: the one that `STAGELINE_CHROMIUM` names, one on PATH, or Debian's package unpacked into the
 * cache folder with the libraries that this machine lacks. Nothing is installed.
 *
 * @returns its path, or undefined where none can be had.
 */
export async function findChromium(cache: string, report: (line: string) => void): Promise<string | undefined> {
  const named = process.env.STAGELINE_CHROMIUM
  if (named) return named
  const installed = NAMES.flatMap((name) => onPath(name) ?? []).find(starts)
  if (installed) return installed
  const launcher = join(resolve(cache), 'chromium-launcher')
  if (starts(launcher)) return launcher
  const root = join(resolve(cache), 'chromium')
  if (!(await unpackDebianPackages(PACKAGES, { root, report }))) return undefined
  await writeLauncher(launcher, root)
  return starts(launcher) ? launcher : undefined
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function starts(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore', timeout: 20_000 })
    return true
  } catch {
    return false
  }
}

/** The program looks for its libraries and fonts where a system has them; this tells it where they are. */
async function writeLauncher(launcher: string, root: string): Promise<void> {
  const fonts = join(root, 'etc', 'stageline-fonts.conf')
  mkdirSync(join(root, 'etc'), { recursive: true })
  writeFileSync(fonts, fontSettings(root))
  const lines = [
    '#!/bin/sh',
    `export LD_LIBRARY_PATH='${(await sharedLibraryFolders(root)).join(':')}'`,
    `export FONTCONFIG_FILE='${fonts}'`,
    `exec '${join(root, 'usr/lib/chromium/chromium')}' "$@"`,
  ]
  writeFileSync(launcher, `${lines.join('\n')}\n`)
  chmodSync(launcher, 0o755)
}

const fontSettings = (root: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${root}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${root}/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`
