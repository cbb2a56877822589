export type MailFile = { name: string; type: string; bytes: Uint8Array | string; disposition?: string }

/** A mail with a body and files, as MIME (RFC 2045, 2046) wants it. */
export function makeMail({
  subject = 'Your order',
  text = 'Please find it enclosed.',
  html,
  files = [],
}: {
  subject?: string
  text?: string
  html?: string
  files?: MailFile[]
}): Buffer {
  const body = html === undefined ? ['text/plain', text] : ['text/html', html]
  return Buffer.from(
    [
      'Return-Path: <billing@example.com>',
      'From: Harbour Light <billing@example.com>',
      'To: accounts@example.org',
      `Subject: ${subject}`,
      'Date: Mon, 2 Mar 2026 10:00:00 +0000',
      'Message-ID: <1@example.com>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="cut"',
      '',
      '--cut',
      `Content-Type: ${body[0]}; charset=utf-8`,
      '',
      body[1],
      ...files.flatMap(filePart),
      '--cut--',
      '',
    ].join('\r\n'),
  )
}

function filePart({ name, type, bytes, disposition = 'attachment' }: MailFile): string[] {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return [
    '--cut',
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: ${disposition}; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
  ]
}
