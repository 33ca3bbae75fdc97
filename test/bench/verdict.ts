import type { Figure } from './bench.ts';
import type { Duel } from './duel.ts';
import { figure, sum } from './stats.ts';
import { type BenchWindow, secondsOf } from './windows.ts';

/** `rtf_*` and `ratio_*` over all windows, then the ratio of each kind of window where there are several. */
export function verdict(
  name: string,
  { ours, stock, differing }: Duel,
  windows: readonly BenchWindow[],
  what: string,
): Figure[] {
  const seconds = secondsOf(windows);
  const said = differing.length === 0 ? 'same text' : `${differing.length} texts differ`;
  const note = `${windows.length} windows, ${seconds.toFixed(0)} s, ${ours.length} rounds; ${what}; ${said}`;
  const rtf = (rounds: Duel['ours']) => rounds.map((times) => sum(times) / 1000 / seconds);
  const kinds = [...new Set(windows.map(({ kind }) => kind))];
  return [
    figure(`rtf_${name}`, 'ratio', rtf(ours), note),
    { ...ratio(`ratio_${name}`, ours, stock), note },
    figure(`rtf_${name}_stock`, 'ratio', rtf(stock), 'the stock pipeline on the same windows'),
    ...(kinds.length < 2 ? [] : kinds).map((kind) => {
      const of = (rounds: Duel['ours']) =>
        rounds.map((times) => times.filter((_, at) => windows[at]?.kind === kind));
      return { ...ratio(`ratio_${name}_${kind}`, of(ours), of(stock)), note: `the ${kind} windows alone` };
    }),
  ];
}

/** Of the two medians; spread: of the rounds' own ratios. */
function ratio(key: string, ours: Duel['ours'], stock: Duel['stock']): Omit<Figure, 'note'> {
  const a = figure(key, 'ratio', ours.map(sum), '');
  const b = figure(key, 'ratio', stock.map(sum), '');
  const rounds = ours.map((times, round) => sum(times) / sum(stock[round] ?? []));
  return { key, unit: 'ratio', value: a.value / b.value, min: Math.min(...rounds), max: Math.max(...rounds) };
}
