import { fileURLToPath } from 'node:url'
import { Router, static as serveStatic } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'
import { securityHeaders } from '../guard/security-headers.ts'
import { refuseMethod } from '../http/mount-operations.ts'
import { servePage, type PageRoute } from './page.ts'

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url))

export function mountPages(pages: readonly PageRoute[], deps: GatewayDeps): Router {
  const router = Router({ caseSensitive: true })
  const headers = securityHeaders('pages')
  router.use('/public', headers, serveStatic(PUBLIC, { index: false, dotfiles: 'ignore', redirect: false, maxAge: 0 }))
  for (const path of new Set(pages.map((page) => page.path))) {
    const here = pages.filter((page) => page.path === path)
    const route = router.route(path)
    route.all(headers)
    for (const page of here) route[page.method](servePage(page, deps))
    route.all(refuseMethod(here.map(({ method }) => method.toUpperCase())))
  }
  return router
}
