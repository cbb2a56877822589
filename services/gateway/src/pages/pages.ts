import { isProblemCode, unknownResource } from '../http/problems.ts'
import { answerAccepted } from '../routes/jobs/accepted.ts'
import { acceptDocument } from '../routes/documents/accept-document.ts'
import { actOnTask } from '../routes/tasks/act.ts'
import { actOnJob } from './act-on-job.ts'
import { giveVerdict } from './give-verdict.ts'
import { jobPage } from './job-page.ts'
import { linePage } from './line-page.ts'
import { messagePage } from './message-page.ts'
import type { PageRoute, Visit } from './page.ts'
import { problemPage } from './problem-page.ts'
import { localPath, signInPage } from './sign-in-page.ts'
import { signIn, signOut } from './sign-in.ts'
import { taskPage } from './task-page.ts'

const LEASE_MS = 15 * 60_000
const idOf = ({ request }: Visit, name = 'id'): string => String(request.params[name])

/** All pages as data, for people with a browser. */
export const PAGES: readonly PageRoute[] = [
  {
    method: 'get',
    path: '/',
    show: async ({ deps, who, request }) => {
      const { cursor } = request.query
      return { page: await linePage(deps, who, typeof cursor === 'string' ? cursor : undefined) }
    },
  },
  {
    method: 'get',
    path: '/jobs/:id',
    show: async (visit) => ({ page: await jobPage(visit.deps, visit.who, idOf(visit)) }),
  },
  {
    method: 'post',
    path: '/jobs/:id',
    body: 'form',
    show: async (visit) => ({ goTo: `/jobs/${await actOnJob(visit, idOf(visit))}` }),
  },
  {
    method: 'post',
    path: '/documents',
    body: 'upload',
    show: async ({ deps, who, request, response }) => {
      const { body } = answerAccepted(await acceptDocument({ deps, who, request, response }, {}))
      return { goTo: `/jobs/${String(Object(body).id)}` }
    },
  },
  {
    method: 'get',
    path: '/tasks/:id',
    show: async (visit) => ({ page: await taskPage(visit.deps, visit.who, idOf(visit)) }),
  },
  { method: 'post', path: '/tasks/:id', body: 'form', show: (visit) => giveVerdict(visit, idOf(visit)) },
  {
    method: 'post',
    path: '/tasks/:id/claim',
    show: async (visit) => {
      const claim = { kind: 'claim', leaseMs: LEASE_MS, takesOver: false, reason: null } as const
      await actOnTask(visit.deps, visit.who, idOf(visit), claim)
      return { goTo: `/tasks/${idOf(visit)}` }
    },
  },
  {
    method: 'post',
    path: '/tasks/:id/release',
    show: async (visit) => {
      await actOnTask(visit.deps, visit.who, idOf(visit), { kind: 'release', reason: null })
      return { goTo: `/tasks/${idOf(visit)}` }
    },
  },
  {
    method: 'get',
    path: '/messages/:stage/:id',
    show: async (visit) => ({
      page: await messagePage(visit.deps, visit.who, { stage: idOf(visit, 'stage'), id: idOf(visit) }),
    }),
  },
  {
    method: 'get',
    path: '/problems/:code',
    open: true,
    show: async (visit) => {
      const code = idOf(visit, 'code')
      if (!isProblemCode(code)) throw unknownResource()
      return { page: problemPage(code, visit.who.actor === '' ? undefined : visit.who) }
    },
  },
  {
    method: 'get',
    path: '/sign-in',
    open: true,
    show: async ({ request }) => ({ page: signInPage({ to: localPath(request.query['to']), isWrong: false }) }),
  },
  { method: 'post', path: '/sign-in', open: true, body: 'form', show: signIn },
  { method: 'post', path: '/sign-out', open: true, show: signOut },
]
