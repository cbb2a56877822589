import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Router, static as serveStatic, type RequestHandler } from 'express'
import { identityOf, knownIdentity } from '../guard/identity.ts'
import { securityHeaders } from '../guard/security-headers.ts'
import type { OpenApiDocument } from './create-openapi.ts'

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const INITIALIZER = `const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
})
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API · Stageline</title>
    <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="stylesheet" href="/public/docs.css" />
  </head>
  <body>
    <header><a href="/"><img src="/public/icon.svg" alt="" width="22" height="22" />Stageline</a></header>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/initializer.js"></script>
  </body>
</html>
`

/** The reference for programs and for people; the latter is Swagger UI from this server, with a start of its own. */
export function mountDocs(document: OpenApiDocument): Router {
  const router = Router({ caseSensitive: true })
  router.get('/openapi.json', (_request, response) => {
    identityOf(response)
    response.json(document)
  })
  router.use('/docs', securityHeaders('docs'), signedIn)
  router.get('/docs', (_request, response) => void response.type('html').send(PAGE))
  router.get('/docs/initializer.js', (_request, response) => void response.type('js').send(INITIALIZER))
  router.use('/docs', serveStatic(SWAGGER_UI, { index: false, dotfiles: 'ignore', redirect: false }))
  return router
}

/** Sends strangers to sign in. */
export const signedIn: RequestHandler = (request, response, next) => {
  if (knownIdentity(response)) next()
  else response.redirect(303, `/sign-in?to=${encodeURIComponent(request.originalUrl)}`)
}
