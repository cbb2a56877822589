import { channel } from 'node:diagnostics_channel'

/**
 * The moments at which a crash hurts most, for those who want to cause one there. Nobody listens in production, and then
 * telling costs nothing. Subscribers run at once, before the next line of the code that tells.
 */
export const codePoints = {
  /** Before the statement that records a group of outcomes. */
  recording: channel('stageline:recording'),
  /** After its commit (and that of accepted jobs), before what became queued is sent. */
  recorded: channel('stageline:recorded'),
  /** Redis has taken the messages; who records or submits has not been told yet. */
  sent: channel('stageline:sent'),
  /** Repair has looked for the messages that it took, and has sent none again yet. */
  repairing: channel('stageline:repairing'),
} as const
