import { DocumentInput } from '@stageline/domain'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'

/** What a browser may show in place. Markup never is: it would run as a page of this server. */
const SHOWN = ['application/pdf', 'image/png', 'image/jpeg']
/** Kept from being read as text by whoever opens the download. */
const IS_BINARY = /^image\/|officedocument/

export const readOriginal = operation({
  id: 'getJobDocument',
  method: 'get',
  path: '/v1/jobs/{id}/document',
  tag: 'Documents',
  summary: 'Read the document that was uploaded',
  params: IdParams,
  answers: {
    200: {
      description: 'Its bytes; PDF, PNG and JPEG as they are, anything else as a download',
      type: 'application/octet-stream',
    },
  },
  problems: ['resource.unknown'],
  examples: [
    { name: 'The original', params: { id: EXAMPLE.documentJob }, status: 200 },
    { name: 'A job without a document', params: { id: EXAMPLE.job }, status: 404 },
  ],
  handle: async ({ params, who, response, deps }) => {
    const job = await deps.reader.job(who.tenantId, params.id)
    const input = job && DocumentInput.safeParse(await deps.reader.input(who.tenantId, params.id))
    if (!input?.success) throw unknownResource()
    const { document } = input.data
    const bytes = await deps.blobs.read(document)
    const isShown = SHOWN.includes(document.mediaType)
    response.status(200).attachment(document.fileName ?? 'document')
    if (isShown)
      response.set('Content-Disposition', (response.get('Content-Disposition') ?? '').replace('attachment', 'inline'))
    response.set({
      'Content-Type': isShown ? document.mediaType : downloadType(document.mediaType),
      'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'self'",
      'Cache-Control': 'private, max-age=3600, immutable',
      'X-Frame-Options': 'SAMEORIGIN',
    })
    response.end(bytes)
  },
})

const downloadType = (mediaType: string): string =>
  IS_BINARY.test(mediaType) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
