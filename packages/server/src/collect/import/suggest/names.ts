/** Headers that speak for the account of a row. */
const accountNames = [
  'account_id',
  'account',
  'customer_id',
  'customer',
  'company_id',
  'client_id',
  'org_id',
  'organization_id',
  'tenant_id',
  'workspace_id',
  'group_id',
  '顧客ID',
  '顧客コード',
  '顧客番号',
  '企業ID',
  '会社ID',
  'アカウントID',
  '取引先ID',
  '取引先コード',
  'テナントID',
  '契約企業ID',
]

/** Headers that tell when a row was recorded. */
const knownNames = [
  'known_at',
  'recorded_at',
  'recorded_on',
  'updated_at',
  '記録日時',
  '更新日時',
  '登録日時',
]

/** A header without case, width, separators: `Account ID` and `accountId` are one. */
export function plainName(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.()（）:：]/g, '')
}

/** The first of the columns that has one of the names, in the order of the names. */
export function columnNamed(
  columns: readonly string[],
  names: readonly string[],
): string | undefined {
  for (const name of names) {
    const wanted = plainName(name)
    const found = columns.find((column) => plainName(column) === wanted)
    if (found !== undefined) return found
  }
  return undefined
}

export const accountColumn = (columns: readonly string[]) => columnNamed(columns, accountNames)
export const knownColumn = (columns: readonly string[]) => columnNamed(columns, knownNames)

/** A name for an attribute: `Account Name` → `account_name`; Japanese headers stay as they are. */
export function attributeKey(header: string): string {
  const key = header
    .normalize('NFKC')
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  return key || 'attribute'
}
