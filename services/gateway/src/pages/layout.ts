import type { Identity } from '../guard/identity.ts'
import { html, type Content, type Html } from './html.ts'

export type PageParts = {
  title: string
  who?: Identity | undefined
  scripts?: readonly string[]
  body: Content
  /** Where events go on from that this page does not know yet. */
  cursor?: string | undefined
}

/** What all pages share. Scripts are modules of our own; every page works without them. */
export const layout = ({ title, who, scripts = [], body, cursor }: PageParts): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Stageline</title>
        <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/public/style.css" />
        ${scripts.map((name) => html`<script type="module" src="/public/${name}.js"></script>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="top">
          <a class="brand" href="/"><img src="/public/icon.svg" alt="" width="22" height="22" />Stageline</a>
          ${who && navigation(who)}
        </header>
        <main id="content" data-cursor="${cursor ?? ''}">${body}</main>
      </body>
    </html>`

const navigation = ({ actor, by }: Identity): Html =>
  html`<nav aria-label="Main">
      <a href="/">Line</a>
      <a href="/queues">Queues</a>
      <a href="/docs">API</a>
    </nav>
    <div class="who">
      ${actor}
      ${by === 'cookie' && html`<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`}
    </div>`
