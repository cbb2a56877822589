/** How a command ends; part of the interface, since scripts decide by it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const

export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'done',
  [EXIT.failed]: 'a job or batch failed, a decision does not hold, the line is not ready',
  [EXIT.usage]: 'wrong command line, or a file that it names: nothing was sent',
  [EXIT.notFound]: 'there is no such job, batch, task or source',
  [EXIT.refused]: 'the line said no: state, input or key do not allow it',
  [EXIT.unreachable]: 'the line, or a part of it, does not answer: try again later',
  [EXIT.interrupted]: 'Ctrl-C, or a no when it asked; the line works on',
}
