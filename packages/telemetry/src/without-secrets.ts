const LIMIT = 200

/** Text fit for a log line: one line, short, with no credentials of URLs in it. */
export function withoutSecrets(text: string): string {
  const clean = text.replaceAll(/:\/\/[^/\s@]*@/g, '://…@').replaceAll(/\s+/g, ' ')
  return clean.length > LIMIT ? `${clean.slice(0, LIMIT)}…` : clean
}
