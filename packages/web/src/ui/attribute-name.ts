import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** Attributes that most companies have, whose names are translated; others show their key. */
const known = [
  'name',
  'owner',
  'plan',
  'segment',
  'industry',
  'region',
  'country',
  'size_band',
  'touch_model',
  'signed_up_on',
  'referral_source',
  'seats',
] as const

function isKnown(key: string): key is (typeof known)[number] {
  return known.some((one) => one === key)
}

/** The name of an account attribute in the page's language. */
export function useAttributeName(): (key: string) => string {
  const { t } = useTranslation('accounts')
  return useCallback((key: string) => (isKnown(key) ? t(`attribute.${key}`) : key), [t])
}
