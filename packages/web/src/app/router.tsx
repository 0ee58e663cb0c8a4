import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { accountSearchSchema } from '../pages/account/search.ts'
import { accountsSearchSchema } from '../pages/accounts/search.ts'
import { auditSearchSchema } from '../pages/audit/search.ts'
import { goalsSearchSchema } from '../pages/goals/search.ts'
import { healthSearchSchema } from '../pages/health/search.ts'
import { kpiSearchSchema } from '../pages/kpis/search.ts'
import { playbooksSearchSchema } from '../pages/playbooks/search.ts'
import { tasksSearchSchema } from '../pages/tasks/search.ts'
import { todaySearchSchema } from '../pages/today/search.ts'
import { PageMissing, PageTrouble } from './fallbacks.tsx'
import { Root } from './root.tsx'

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: PageMissing,
  errorComponent: PageTrouble,
})

const todayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: todaySearchSchema,
  component: lazyRouteComponent(() => import('../pages/today/page.tsx'), 'TodayPage'),
})

const accountsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts',
  validateSearch: accountsSearchSchema,
  component: lazyRouteComponent(() => import('../pages/accounts/page.tsx'), 'AccountsPage'),
})

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts/$accountId',
  validateSearch: accountSearchSchema,
  component: lazyRouteComponent(() => import('../pages/account/page.tsx'), 'AccountPage'),
})

const tasksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks',
  validateSearch: tasksSearchSchema,
  component: lazyRouteComponent(() => import('../pages/tasks/page.tsx'), 'TasksPage'),
})

const goalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/goals',
  validateSearch: goalsSearchSchema,
  component: lazyRouteComponent(() => import('../pages/goals/page.tsx'), 'GoalsPage'),
})

const lampsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/lamps',
  component: lazyRouteComponent(() => import('../pages/lamps/page.tsx'), 'LampsPage'),
})

const playbooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/playbooks',
  validateSearch: playbooksSearchSchema,
  component: lazyRouteComponent(() => import('../pages/playbooks/page.tsx'), 'PlaybooksPage'),
})

const healthRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/health',
  validateSearch: healthSearchSchema,
  component: lazyRouteComponent(() => import('../pages/health/page.tsx'), 'HealthPage'),
})

const kpisRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/kpis',
  validateSearch: kpiSearchSchema,
  component: lazyRouteComponent(() => import('../pages/kpis/page.tsx'), 'KpisPage'),
})

const youRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/you',
  component: lazyRouteComponent(() => import('../pages/you/page.tsx'), 'YouPage'),
})

const peopleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people',
  component: lazyRouteComponent(() => import('../pages/people/page.tsx'), 'PeoplePage'),
})

const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('../pages/keys/page.tsx'), 'KeysPage'),
})

const webhooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../pages/webhooks/page.tsx'), 'WebhooksPage'),
})

const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: auditSearchSchema,
  component: lazyRouteComponent(() => import('../pages/audit/page.tsx'), 'AuditPage'),
})

const installationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/installation',
  component: lazyRouteComponent(() => import('../pages/installation/page.tsx'), 'InstallationPage'),
})

const personalDataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/personal-data',
  component: lazyRouteComponent(
    () => import('../pages/personal-data/page.tsx'),
    'PersonalDataPage',
  ),
})

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../entry/set-up.tsx'), 'SetUpPage'),
})

const joinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/join',
  component: lazyRouteComponent(() => import('../entry/join.tsx'), 'JoinPage'),
})

const newPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/new-password',
  component: lazyRouteComponent(() => import('../entry/join.tsx'), 'NewPasswordPage'),
})

const singleSignOnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/single-sign-on/$provider',
  component: lazyRouteComponent(() => import('../entry/single-sign-on.tsx'), 'SingleSignOnPage'),
})

/** Every page, each a chunk of its own. What a page shows stands in its address. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    todayRoute,
    accountsRoute,
    accountRoute,
    tasksRoute,
    goalsRoute,
    healthRoute,
    lampsRoute,
    playbooksRoute,
    kpisRoute,
    youRoute,
    peopleRoute,
    keysRoute,
    webhooksRoute,
    auditRoute,
    installationRoute,
    personalDataRoute,
    setUpRoute,
    joinRoute,
    newPasswordRoute,
    singleSignOnRoute,
  ]),
  // A page that fails leaves the navigation around it in place.
  defaultErrorComponent: PageTrouble,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
