import { createServer } from 'node:net'

/** The first port at or above `preferred` that nothing listens on; any free one for 0 or when 100 in a row are taken. */
export async function freePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  const last = preferred === 0 ? 0 : Math.min(preferred + 99, 65_535)
  for (let port = preferred; port <= last; port += 1) {
    const found = await portIfFree(port, host)
    if (found !== undefined) return found
  }
  return freePort(0, host)
}

/** The port itself, or the one that the system chose for 0; undefined when something listens there. */
export function portIfFree(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(found))
    })
  })
}
