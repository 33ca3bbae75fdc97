/** A plan as one page that needs nothing else: plots as SVG, no script, light and dark. */
import { requestRate } from './demand.ts';
import { waitBeyond, waitQuantile } from './erlang.ts';
import { type Plan, serviceOf } from './plan.ts';
import { escapeMarkup, plot } from './plot.ts';
import { planTable, time } from './report.ts';
import { quantile } from './steady-state.ts';

const CSS = `:root{color-scheme:light dark;--ink:#1a1c1e;--paper:#fff;--rule:#d5d9de;--a:#0b5cad;--b:#b3430e;--c:#5b6670}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#16181a;--rule:#3a3f45;--a:#7ab8ff;--b:#ffa36b;--c:#a9b3bd}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:44rem;margin:2rem auto;padding:0 1rem}
pre{overflow-x:auto}svg{width:100%;height:auto;margin:1rem 0;font-size:12px}svg text{fill:var(--ink)}
.rule{stroke:var(--rule)}polyline{fill:none;stroke-width:2}circle{stroke:none}.dashes{stroke-dasharray:6 4}
.s0{stroke:var(--a)}.s1{stroke:var(--b)}.s2{stroke:var(--c)}circle.s0{fill:var(--a)}circle.s1{fill:var(--b)}circle.s2{fill:var(--c)}`;

/** Waits shorter than this are drawn at the foot of the logarithmic scale. */
const SHORTEST = 0.001;
const CURVE_POINTS = 60;

/** `command`: how it was asked for, as a heading. */
export function planPage(plan: Plan, command: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(`${plan.answer.workers * plan.cells} workers`)}</title>
<style>${CSS}</style>
<h1>${plan.answer.workers * plan.cells} workers</h1>
<p><code>${escapeMarkup(command)}</code></p>
<pre tabindex="0">${escapeMarkup(planTable(plan))}</pre>
${plots(plan).join('\n')}
<p>The formula takes arrivals at random, exponential lengths and full batches; the simulation runs the server's own
admission and batching under virtual time. Neither knows of failures or of slower machines.</p>
</html>
`;
}

function plots(plan: Plan): string[] {
  const { request, cells, tried, answer } = plan;
  const service = serviceOf(request.demand, request.shape);
  const load = (requestRate(request.demand) / cells) * service;
  const fewest = Math.floor(load) + 1;
  const most = Math.max(answer.workers, ...tried.map(({ workers }) => workers)) + 2;
  const numbers = Array.from({ length: most - fewest + 1 }, (_, index) => fewest + index);
  const p99 = numbers.map((servers) => [servers, waitQuantile({ servers, load, service }, 0.99)] as const);
  const simulated = tried.flatMap(({ workers, simulated: sample }) =>
    sample === undefined || !Number.isFinite(sample.waitQuantile.mean)
      ? []
      : [[workers, sample.waitQuantile.mean] as const],
  );
  const each = cells > 1 ? ' of one queue' : '';
  const made = [
    plot({
      ...{
        title: 'Wait by number of workers',
        x: `workers${each}`,
        y: 'wait, p99',
        logFrom: SHORTEST,
        format: time,
      },
      description: `The wait that 99 of 100 do not exceed, falling from ${fewest} to ${most} workers.`,
      series: [
        { label: 'Erlang C', style: 'line', points: p99 },
        { label: 'simulated', style: 'dots', points: simulated },
        {
          ...{ label: `wanted: ${time(request.waitP99)}`, style: 'dashes' },
          points: [
            [fewest, request.waitP99],
            [most, request.waitP99],
          ],
        },
      ],
    }),
    plot({
      ...{ title: 'Busy share by number of workers', x: `workers${each}`, y: 'busy' },
      description: `Utilisation falls from ${share(load / fewest)} with ${fewest} to ${share(load / most)} with ${most}.`,
      format: share,
      series: [
        { label: 'load / workers', style: 'line', points: numbers.map((many) => [many, load / many]) },
        {
          ...{ label: 'simulated', style: 'dots' },
          points: tried.flatMap((step) =>
            step.simulated === undefined ? [] : [[step.workers, step.simulated.busy] as const],
          ),
        },
      ],
    }),
  ];
  const waits = tried.find(({ simulated: sample }) => sample !== undefined && sample.waits.length > 0);
  if (waits?.simulated === undefined) return made;
  const { workers, simulated: sample } = waits;
  const longest = Math.max(quantile(sample.waits, 0.9999), request.waitP99);
  const at = Array.from({ length: CURVE_POINTS + 1 }, (_, index) => (index * longest) / CURVE_POINTS);
  made.push(
    plot({
      ...{
        title: `Waits with ${workers} workers`,
        x: 'seconds',
        y: 'share that waits longer',
        logFrom: 0.0001,
      },
      description: `The share of requests that wait longer than so many seconds, with ${workers} workers.`,
      format: share,
      series: [
        {
          ...{ label: 'Erlang C', style: 'line' },
          points: at.map((t) => [t, waitBeyond({ servers: workers, load, service }, t)]),
        },
        { label: 'simulated', style: 'dots', points: at.map((t) => [t, shareBeyond(sample.waits, t)]) },
      ],
    }),
  );
  return made;
}

const share = (value: number): string => `${Number((100 * value).toPrecision(2))} %`;

const shareBeyond = (sorted: readonly number[], seconds: number): number =>
  sorted.filter((wait) => wait > seconds).length / sorted.length;
