import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export type SmtpSink = AsyncDisposable & {
  /** `smtp://127.0.0.1:<port>` */
  url: string
  /** What was taken: envelope and text, as they came. */
  mails: { from: string; to: string[]; text: string }[]
  /** So many mails are refused for now. */
  refuse: (count: number) => void
}

/** A mail server on this machine that keeps what it is given. */
export async function startSmtpSink(): Promise<SmtpSink> {
  const mails: SmtpSink['mails'] = []
  const sockets = new Set<Socket>()
  let refusals = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.write('220 sink\r\n')
    void converse(socket)
  })
  async function converse(socket: Socket): Promise<void> {
    let [from, to, text] = ['', [] as string[], undefined as string[] | undefined]
    for await (const line of createInterface({ input: socket })) {
      if (text) {
        if (line !== '.') text.push(line)
        else {
          mails.push({ from, to, text: text.join('\n') })
          ;[to, text] = [[], undefined]
          socket.write('250 taken\r\n')
        }
        continue
      }
      const [, address = ''] = /<(.*)>/.exec(line) ?? []
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'MAIL') from = address
      if (verb === 'RCPT') to.push(address)
      if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      if (verb !== 'DATA') socket.write('250 sink\r\n')
      else if (refusals-- > 0) socket.write('451 come later\r\n')
      else {
        text = []
        socket.write('354 go on\r\n')
      }
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    refuse: (count) => (refusals = count),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
