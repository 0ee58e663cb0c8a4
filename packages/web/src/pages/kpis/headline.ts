/** The metrics of the board, in its order. Those that the catalogue does not know are left out. */
export const headlineMetrics = [
  'mrr',
  'arr',
  'nrr',
  'grr',
  'customer_churn_rate',
  'arpa',
  'paying_accounts',
  'renewal_rate',
  'nps',
  'csat',
  'active_users',
  'licence_utilisation',
] as const

/** Rates that are read over the trailing year. */
export const trailingMetrics = ['nrr', 'grr', 'customer_churn_rate', 'renewal_rate'] as const
