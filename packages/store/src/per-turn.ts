/** Lets equal questions of one turn of the event loop be asked once, at its end. No answer is older than the question. */
export function perTurn<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | undefined
  return () =>
    (asked ??= new Promise(setImmediate).then(() => {
      asked = undefined
      return ask()
    }))
}
