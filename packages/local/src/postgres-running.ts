import { readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from './postgres-cluster.ts'
import { runCommand } from './run-command.ts'

/**
 * The port of the server that runs on the cluster's folder, or undefined. What a killed server left behind is removed:
 * its process id may belong to somebody else by now, and Postgres would then refuse to start.
 *
 * @throws Error when a server holds the folder and answers nobody.
 */
export async function runningPort({ data }: Pick<Cluster, 'data'>): Promise<number | undefined> {
  const file = join(data, 'postmaster.pid')
  for (let tries = 0; tries < 100; tries += 1) {
    const text = await readFile(file, 'utf8').catch(() => '')
    const [pid, , , port] = text.split('\n').map((line) => Number(line.trim()))
    if (!pid || !(await isPostgres(pid))) return rm(file, { force: true }).then(() => undefined)
    if (port && (await speaksPostgres(port))) return port
    // It starts or stops just now.
    await delay(100)
  }
  throw new Error(`A PostgreSQL server holds ${data} and does not answer: end the process that ${file} names`)
}

/** Asks who the process is: the lock of a living server must stay, or a second one would write the same files. */
export async function isPostgres(pid: number): Promise<boolean> {
  const command = process.platform === 'linux' ? commandFromProc(pid) : commandFromPs(pid)
  return /postgres/.test(await command.catch(() => ''))
}

const commandFromProc = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8')
const commandFromPs = (pid: number): Promise<string> => runCommand('ps', ['-o', 'command=', '-p', String(pid)])

/** Length 8 and the code of SSLRequest (PostgreSQL protocol 3, "Message Formats"); a server answers `S` or `N`. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

function speaksPostgres(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 5_000 }, () => socket.write(SSL_REQUEST))
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (bytes) => end(bytes[0] === 0x53 || bytes[0] === 0x4e))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('close', () => end(false))
  })
}
