import { freePort, portIfFree } from './free-port.ts'

const DEFAULT_PORT = 3_000

/**
 * The port that was asked for, or the first free one from 3000.
 *
 * @throws Error when the one that was asked for is taken.
 */
export async function chooseGatewayPort(asked: number | undefined, report: (line: string) => void): Promise<number> {
  if (asked !== undefined) {
    if ((await portIfFree(asked)) === undefined) throw new Error(`Port ${asked} is in use: choose another --port`)
    return asked
  }
  const port = await freePort(DEFAULT_PORT)
  if (port !== DEFAULT_PORT) report(`Port ${DEFAULT_PORT} is in use; taking ${port}`)
  return port
}
