import type { ImportTarget } from './target.ts'

/** Attributes that usual headers speak for; any other header may become an attribute of its own. */
export const usualAttributes: Readonly<Record<string, readonly string[]>> = {
  name: [
    'name',
    'account_name',
    'company',
    'company_name',
    'customer_name',
    '顧客名',
    '会社名',
    '企業名',
    'アカウント名',
    '社名',
  ],
  owner: ['owner', 'csm', 'csm_name', 'account_owner', '担当', '担当者', 'CSM担当', 'CS担当'],
  plan: ['plan', 'plan_tier', 'tier', 'edition', 'プラン', '契約プラン'],
  segment: ['segment', 'セグメント', '区分'],
  industry: ['industry', 'vertical', '業種', '業界'],
  region: ['region', 'area', '地域', 'エリア', '都道府県'],
  country: ['country', '国'],
  size_band: [
    'size_band',
    'company_size',
    'employees',
    'employee_band',
    '規模',
    '従業員規模',
    '従業員数',
  ],
  touch_model: ['touch_model', 'touch', 'タッチモデル', 'タッチ'],
  signed_up_on: [
    'signed_up_on',
    'signup_date',
    'sign_up_date',
    'created_on',
    '登録日',
    '契約日',
    '申込日',
  ],
}

export const accounts: ImportTarget = {
  name: 'accounts',
  table: 'account_attributes',
  says: { en: 'Customers and what is known of them', ja: '顧客とその属性' },
  fileNames: ['account', 'customer', 'company', 'companies', '顧客', 'アカウント', '企業', '会社'],
  idNames: [],
  hasAccount: true,
  hasAttributes: true,
  fields: {},
}
