import type { Delivery, DeliveryEnd } from '@stageline/engine/ports'

/**
 * Works a delivery of the quarantine, and tells the parent process before and after which step is in hand, so that it
 * knows what this process died of. The handler does not begin before that is on its way.
 */
export async function tellWhatIsHeld(
  { message }: Delivery,
  worker: string,
  execute: () => Promise<DeliveryEnd>,
): Promise<DeliveryEnd> {
  const [jobId, step, fence] = message.steps[0]!
  await tell({ worker, held: { tenantId: message.tenantId, jobId, step, fence } })
  const end = await execute()
  await tell({ worker, held: null })
  return end
}

/** A parent that is gone is told nothing: this process is about to end, too. */
const tell = (told: object): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send!(told, () => resolve())
    else resolve()
  })
