import { html, type Html } from './html.ts'
import { layout } from './layout.ts'

export const signInPage = ({ to, isWrong }: { to: string; isWrong: boolean }): Html =>
  layout({
    title: 'Sign in',
    scripts: ['sign-in'],
    body: html`<section class="card">
      <h1>Sign in</h1>
      ${isWrong && html`<p class="error" role="alert">This key is not known.</p>`}
      <form method="post" action="/sign-in" data-sign-in>
        <input type="hidden" name="to" value="${to}" />
        <label for="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          spellcheck="false"
        />
        <button>Sign in</button>
      </form>
      <p class="note">The key begins with <code>sl_</code>. <code>npm start</code> shows the one that it made.</p>
    </section>`,
  })

/** Where to go after signing in: a path of this server, whatever the address says. */
export function localPath(to: unknown): string {
  const isLocal = typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to)
  return isLocal ? to : '/'
}
