import { sha256 } from '../guard/authenticate.ts'
import { clearSessionCookie, sealSession, setSessionCookie } from '../guard/session-cookie.ts'
import type { Shown, Visit } from './page.ts'
import { localPath, signInPage } from './sign-in-page.ts'

/** Takes a key and gives a cookie. Keys are 256 random bits: guessing needs no lock-out. */
export async function signIn({ deps: { apiKeys, settings, now }, request, response, form }: Visit): Promise<Shown> {
  const hash = sha256((form['key'] ?? '').trim())
  const to = localPath(form['to'])
  if (!(await apiKeys.find(hash))) return { page: signInPage({ to, isWrong: true }), status: 401 }
  const expires = new Date(now().getTime() + settings.sessionMs)
  setSessionCookie(request, response, sealSession(hash, expires, settings.sessionSecret), settings.sessionMs)
  return { goTo: to }
}

export async function signOut({ response }: Visit): Promise<Shown> {
  clearSessionCookie(response)
  return { goTo: '/sign-in' }
}
