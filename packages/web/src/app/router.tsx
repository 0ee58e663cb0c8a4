import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { accountSearchSchema } from '../pages/account/search.ts'
import { accountsSearchSchema } from '../pages/accounts/search.ts'
import { kpiSearchSchema } from '../pages/kpis/search.ts'
import { todaySearchSchema } from '../pages/today/search.ts'
import { PageMissing, PageTrouble } from './fallbacks.tsx'
import { Shell } from './shell.tsx'

const rootRoute = createRootRoute({
  component: Shell,
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

const kpisRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/kpis',
  validateSearch: kpiSearchSchema,
  component: lazyRouteComponent(() => import('../pages/kpis/page.tsx'), 'KpisPage'),
})

/** Every page, each a chunk of its own. What a page shows stands in its address. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([todayRoute, accountsRoute, accountRoute, kpisRoute]),
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
