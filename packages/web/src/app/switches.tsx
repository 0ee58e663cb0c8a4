import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import type { Language } from '@tomoshibi/contract/text'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../i18n/hooks.ts'
import { switchLanguage } from '../i18n/i18n.ts'

const languages: { value: Language; label: string }[] = [
  { value: 'ja', label: '日本語' },
  { value: 'en', label: 'English' },
]

/** Japanese or English, for the whole page, remembered on this browser. */
export function LanguageSwitch() {
  const { t } = useTranslation()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('switch.language')}
      data={languages.map(({ value, label }) => ({
        value,
        label: <span lang={value}>{label}</span>,
      }))}
      value={useLanguage()}
      onChange={(value) => {
        if (value === 'ja' || value === 'en') void switchLanguage(value)
      }}
    />
  )
}

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('switch.theme')}
      data={[
        { value: 'auto', label: t('switch.auto') },
        { value: 'light', label: t('switch.light') },
        { value: 'dark', label: t('switch.dark') },
      ]}
      value={colorScheme}
      onChange={(value) => {
        if (value === 'auto' || value === 'light' || value === 'dark') setColorScheme(value)
      }}
    />
  )
}
