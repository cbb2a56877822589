import { execFile } from 'node:child_process'
import { connect } from 'node:net'

const WITHIN_MS = 2_000

/**
 * Whether the package registry answers at all, since the package manager itself takes more than a minute to give up.
 * Behind a proxy only the proxy knows.
 */
export async function registryProblem() {
  const { registry, ...proxies } = await npmConfig('registry', 'proxy', 'https-proxy')
  const behindProxy = Object.values(proxies).some((value) => value && value !== 'null' && value !== 'undefined')
  if (behindProxy || !URL.canParse(registry)) return undefined
  const fault = await connectionFault(new URL(registry))
  return fault && { what: `The package registry ${registry} (${fault})`, mend: 'Check the network: npm ping' }
}

/** As `npm config get` prints several keys: a line `key=value` each. */
function npmConfig(...keys) {
  return new Promise((resolve) => {
    execFile('npm', ['config', 'get', ...keys], { timeout: WITHIN_MS }, (_error, stdout) => {
      resolve(Object.fromEntries(stdout.split('\n').map((line) => /^([^=]+)=(.*)$/.exec(line)?.slice(1) ?? ['', ''])))
    })
  })
}

function connectionFault({ hostname, protocol, port }) {
  return new Promise((resolve) => {
    const standard = protocol === 'http:' ? 80 : 443
    const socket = connect({ host: hostname, port: Number(port) || standard })
    const end = (fault) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(fault)
    }
    // The resolver of names knows no limit of its own.
    const timer = setTimeout(() => end('no answer'), WITHIN_MS)
    socket.once('connect', () => end(undefined))
    socket.once('error', (error) => end(error.code))
  })
}
