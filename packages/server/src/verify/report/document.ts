import type { LampEvidence } from '@tomoshibi/contract/lamp-evidence'
import type { LearnedScore } from '@tomoshibi/contract/score'
import type { Language, Text } from '@tomoshibi/contract/text'
import type { MetricEvidence } from '@tomoshibi/contract/verify'
import { type Html, html } from './html.ts'
import { leadPlot, ratePlot, reliabilityPlot, survivalPlot } from './plots.ts'
import { words } from './words.ts'

export interface Report {
  readonly workspace: string
  readonly outcome: Text
  readonly horizonDays: number
  /** Day of the report, ISO date. */
  readonly on: string
  readonly metrics: readonly MetricEvidence[]
  readonly score: LearnedScore
  readonly lamps: readonly LampEvidence[]
  readonly survival: {
    readonly accounts: number
    readonly lost: number
    readonly steps: Parameters<typeof survivalPlot>[0]
    readonly medianDays: number | null
  } | null
}

const style = `
:root { color-scheme: light; }
body { font: 15px/1.65 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; color: #1f2430; max-width: 62rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; border-bottom: 2px solid #e3a32f; } h3 { font-size: 1.02rem; margin: 1.6rem 0 .3rem; }
.meta, .note { color: #59606e; } .verdict { display: inline-block; padding: .1rem .55rem; border-radius: .6rem; background: #f2f3f5; font-size: .85rem; margin-left: .5rem; }
.leads { background: #dff2e1; } .leads_but_does_not_drive, .follows { background: #fdf0d3; }
figure { display: inline-block; margin: .4rem .8rem .4rem 0; width: 25rem; max-width: 100%; vertical-align: top; } svg { width: 100%; height: auto; }
table { border-collapse: collapse; margin: .5rem 0; font-size: .88rem; } th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #e6e8ec; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.grid { stroke: #eceef1; } .axis { stroke: #8b93a1; } .tick { font-size: 10px; fill: #59606e; } .tick.y { text-anchor: end; dominant-baseline: middle; } .tick.x, .name { text-anchor: middle; } .name { font-size: 11px; fill: #3a4150; }
.column { fill: #f0c36d; } .bar { stroke: #6b4e12; stroke-width: 1.4; } .dot { fill: #b26a00; } .line { fill: none; stroke: #b26a00; stroke-width: 1.8; } .band { fill: none; stroke: #d9b77a; } .base { fill: none; stroke: #59606e; stroke-dasharray: 4 3; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } section, figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } figure { width: 45%; } }
`

/** The report as one HTML document that asks the network for nothing. */
export function reportDocument(report: Report, language: Language): string {
  const say = (text: Text) => text[language]
  const title = say(words.title)
  const { workspace, on, horizonDays, outcome } = report
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${workspace}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
<p class="meta">${workspace} · ${on} · ${say(words.about(outcome, horizonDays))}</p>
<section><h2>${say(words.metrics)}</h2>
<p class="note">${say(words.metricsNote)}</p>
${report.metrics.map((metric) => metricSection(metric, say))}</section>
<section><h2>${say(words.score)}</h2>${scoreSection(report.score, say)}</section>
<section><h2>${say(words.survival)}</h2>${survivalSection(report.survival, say)}</section>
<section><h2>${say(words.lamps)}</h2>${lampSection(report.lamps, say)}</section>
<section><h2>${say(words.limits)}</h2><ul>${limitsOf(report).map((limit) => html`<li>${say(limit)}</li>`)}</ul></section>
</body>
</html>
`
  return page.text
}

type Say = (text: Text) => string

function metricSection(metric: MetricEvidence, say: Say): Html {
  const { cause, bins, lift, leadTime, averagePrecision } = metric
  const points = leadTime.flatMap(({ days, auc }) =>
    auc === null ? [] : [{ days, auc: auc.value, low: auc.low, high: auc.high }],
  )
  const short = (value: number) => String(Number(value.toPrecision(3)))
  const base = averagePrecision?.base ?? null
  const plots = [
    ...(bins.length > 1
      ? [
          ratePlot(
            bins.map(({ from, to, rate, low, high }) => ({
              label: from === to ? short(from) : `${short(from)}–${short(to)}`,
              rate,
              low,
              high,
            })),
            base,
            { says: say(words.byValue), x: say(words.value), y: say(words.rate) },
          ),
        ]
      : []),
    ...(lift.length > 1
      ? [
          ratePlot(
            lift.map(({ group, rate }) => ({ label: String(group), rate, low: null, high: null })),
            base,
            { says: say(words.lift), x: say(words.fifth), y: say(words.rate) },
          ),
        ]
      : []),
    ...(points.length > 1
      ? [leadPlot(points, { says: say(words.lead), x: say(words.daysBefore), y: 'AUC' })]
      : []),
  ]
  return html`<section><h3>${say(metric.name)}<span class="verdict ${cause.verdict}">${say(words.verdicts[cause.verdict])}</span></h3>
<p>${say(metric.says)}</p>
<p>${say(cause.says)} <strong>${say(cause.advice)}</strong></p>
${plots}</section>`
}

const two = (value: number) => value.toFixed(2)

function scoreSection(score: LearnedScore, say: Say): Html {
  const { calibration } = score.card
  const plot =
    calibration === null
      ? []
      : [
          reliabilityPlot(calibration.bins, {
            says: say(words.reliability),
            x: say(words.predicted),
            y: say(words.happened),
          }),
        ]
  const rows = score.parts.map(
    ({ name, direction, weight }) =>
      html`<tr><td>${say(name)}</td><td>${say(words[direction])}</td><td class="n">${two(weight)}</td></tr>`,
  )
  const table =
    rows.length === 0
      ? []
      : [
          html`<table><thead><tr><th>${say(words.metric)}</th><th>${say(words.riskWhen)}</th><th class="n">${say(words.weight)}</th></tr></thead><tbody>${rows}</tbody></table>`,
        ]
  return html`<p>${say(score.says)}</p>${plot}${table}`
}

function survivalSection(survival: Report['survival'], say: Say): Html {
  if (survival === null) return html`<p>${say(words.noSurvival)}</p>`
  const { accounts, lost, medianDays, steps } = survival
  return html`<p>${say(words.survived(accounts, lost, medianDays))}</p>${survivalPlot(steps, {
    says: say(words.survival),
    x: say(words.daysPaying),
    y: say(words.stillThere),
  })}`
}

function lampSection(lamps: readonly LampEvidence[], say: Say): Html {
  if (lamps.length === 0) return html`<p>${say(words.noLamps)}</p>`
  return html`<table><tbody>${lamps.map(
    ({ name, says }) => html`<tr><th>${say(name)}</th><td>${say(says)}</td></tr>`,
  )}</tbody></table>`
}

/** What holds for every metric is said once. */
function limitsOf({ metrics }: Report): Text[] {
  const all = metrics.flatMap(({ limits }) => limits)
  return [...new Map(all.map((limit) => [limit.en, limit])).values(), words.observed]
}
