import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type SilentLine = AsyncDisposable & {
  /** The same address, by way of the line. */
  url: string
  /** From now on nothing passes in either direction, and nothing breaks: as in a network that lost its way. */
  silence(): void
  /** Likewise for those connections alone whose client said `word` among the first things. */
  silenceThose(word: string): void
  /** Breaks every connection and every one that is tried: as of a server that is not there. */
  cut(): void
  /** All pass again; what was lost stays lost. */
  restore(): void
}

const FIRST_BYTES = 4_096

/** A line to a server that can fall silent without closing, and be cut. */
export async function openSilentLine(to: string): Promise<SilentLine> {
  const { hostname, port } = new URL(to)
  const open = new Set<Socket>()
  let isSilent = (_first: string): boolean => false
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(Number(port), hostname)
    let first = ''
    near.on('data', (bytes) => {
      if (first.length < FIRST_BYTES) first += bytes.toString('latin1')
      if (!isSilent(first)) far.write(bytes)
    })
    far.on('data', (bytes) => void (isSilent(first) || near.write(bytes)))
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => void (open.delete(socket), other.destroy()))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(to)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    silence: () => void (isSilent = () => true),
    silenceThose: (word) => void (isSilent = (first) => first.includes(word)),
    cut: () => {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    restore: () => {
      isCut = false
      isSilent = () => false
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
