/** The screens' own words, so that tests look for what people see and not for markup. */
import accountsEn from '../../packages/web/src/locales/en/accounts.json' with { type: 'json' }
import commonEn from '../../packages/web/src/locales/en/common.json' with { type: 'json' }
import installationEn from '../../packages/web/src/locales/en/installation.json' with {
  type: 'json',
}
import kpisEn from '../../packages/web/src/locales/en/kpis.json' with { type: 'json' }
import peopleEn from '../../packages/web/src/locales/en/people.json' with { type: 'json' }
import personalEn from '../../packages/web/src/locales/en/personal.json' with { type: 'json' }
import playbooksEn from '../../packages/web/src/locales/en/playbooks.json' with { type: 'json' }
import ssoEn from '../../packages/web/src/locales/en/sso.json' with { type: 'json' }
import tasksEn from '../../packages/web/src/locales/en/tasks.json' with { type: 'json' }
import todayEn from '../../packages/web/src/locales/en/today.json' with { type: 'json' }
import webhooksEn from '../../packages/web/src/locales/en/webhooks.json' with { type: 'json' }
import accountsJa from '../../packages/web/src/locales/ja/accounts.json' with { type: 'json' }
import commonJa from '../../packages/web/src/locales/ja/common.json' with { type: 'json' }
import installationJa from '../../packages/web/src/locales/ja/installation.json' with {
  type: 'json',
}
import kpisJa from '../../packages/web/src/locales/ja/kpis.json' with { type: 'json' }
import peopleJa from '../../packages/web/src/locales/ja/people.json' with { type: 'json' }
import personalJa from '../../packages/web/src/locales/ja/personal.json' with { type: 'json' }
import playbooksJa from '../../packages/web/src/locales/ja/playbooks.json' with { type: 'json' }
import ssoJa from '../../packages/web/src/locales/ja/sso.json' with { type: 'json' }
import tasksJa from '../../packages/web/src/locales/ja/tasks.json' with { type: 'json' }
import todayJa from '../../packages/web/src/locales/ja/today.json' with { type: 'json' }
import webhooksJa from '../../packages/web/src/locales/ja/webhooks.json' with { type: 'json' }

export const words = {
  en: {
    accounts: accountsEn,
    common: commonEn,
    installation: installationEn,
    kpis: kpisEn,
    people: peopleEn,
    personal: personalEn,
    playbooks: playbooksEn,
    tasks: tasksEn,
    sso: ssoEn,
    today: todayEn,
    webhooks: webhooksEn,
  },
  ja: {
    accounts: accountsJa,
    common: commonJa,
    installation: installationJa,
    kpis: kpisJa,
    people: peopleJa,
    personal: personalJa,
    playbooks: playbooksJa,
    tasks: tasksJa,
    sso: ssoJa,
    today: todayJa,
    webhooks: webhooksJa,
  },
}

/** A text with values in it as a pattern: each {{name}} stands for anything. */
export function pattern(text: string): RegExp {
  const parts = text.split(/\{\{\w+\}\}/)
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'))
}
