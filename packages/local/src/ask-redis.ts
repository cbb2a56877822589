import { connect } from 'node:net'

export type RedisAddress = { port: number; password: string }

/**
 * Sends one command over a connection of its own and gives back everything that was answered, as it came over the wire;
 * empty when nothing listens there. Enough to start and stop a server; whoever works with one uses a client.
 */
export function askRedis({ port, password }: RedisAddress, command: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', timeout: 5_000 }, () =>
      // Ended at once instead of by QUIT, which sentinels do not know; what is sent before is answered all the same.
      socket.end(`AUTH ${password}\r\n${command}\r\n`),
    )
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    // A server that shuts down resets the connection: what it said until then counts.
    socket.once('error', () => {})
    socket.once('timeout', () => socket.destroy())
    socket.once('close', () => resolve(answer))
  })
}
