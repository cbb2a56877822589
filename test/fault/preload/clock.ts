/**
 * Loaded before a service (`--import`): its wall clock is wrong by `FAULT_CLOCK` ms from the start, and by `{ clockMs }`
 * from each such message of the parent process on, forwards or backwards. Monotonic clocks stay right, as they do on a
 * machine whose time is set.
 */
const RealDate = Date
let offsetMs = Number(process.env['FAULT_CLOCK'] ?? 0)

const wrongNow = (): number => RealDate.now() + offsetMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [wrongNow()] : args, newTarget),
  apply: () => new RealDate(wrongNow()).toString(),
  get: (target, name, receiver) => (name === 'now' ? wrongNow : Reflect.get(target, name, receiver)),
})

process.on('message', (message: { clockMs?: number }) => {
  if (message.clockMs !== undefined) offsetMs = message.clockMs
})
process.channel?.unref()
