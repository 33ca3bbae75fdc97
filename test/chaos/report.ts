/** The figures of a run. Pure. */
import { percentile } from '../support/percentile.ts';
import type { Outcome } from './outcome.ts';
import type { ChaosReport } from './run.ts';
import type { Strike } from './strikes.ts';

export interface ChaosFigures {
  readonly kills: number;
  readonly lost: number;
  readonly doubled: number;
  readonly hung: number;
  /**
   * from SIGKILL to the serving engine, or to a decoder, until the next text was served, where a spare was ready and no
   * other process stood stopped at that moment (how long the others take is in the lines for people)
   */
  readonly recovery_p50_ms: number | null;
  readonly recovery_p99_ms: number | null;
}

export function chaosFigures({ strikes, outcomes }: ChaosReport): ChaosFigures {
  const times = strikes
    .filter((hit) => hit.signal === 'SIGKILL' && hit.role !== 'spare' && isPlain(hit))
    .flatMap(({ recoveryMs }) => recoveryMs ?? []);
  const count = (name: Outcome['name']) => outcomes.filter((outcome) => outcome.name === name).length;
  return {
    kills: strikes.length,
    lost: count('lost'),
    doubled: count('doubled'),
    hung: count('hung'),
    recovery_p50_ms: percentile(times, 0.5),
    recovery_p99_ms: percentile(times, 0.99),
  };
}

const isPlain = ({ amidStopped, spare }: Strike): boolean => !amidStopped && spare === 'ready';

/** For people. */
export function chaosLines({ strikes, outcomes, problems }: ChaosReport): string[] {
  const ends = new Map<string, number>();
  for (const outcome of outcomes) {
    const name = outcome.name === 'defined' ? outcome.code : outcome.name;
    ends.set(name, (ends.get(name) ?? 0) + 1);
  }
  const kindOf = (hit: Strike) =>
    `${hit.signal} ${hit.role}${hit.amidStopped ? ', another one stopped' : isPlain(hit) ? '' : ', no spare ready'}`;
  const kinds = [...new Set(strikes.map(kindOf))].sort();
  return [
    `${outcomes.length} requests: ${[...ends].map(([name, count]) => `${count} ${name}`).join(', ')}`,
    ...kinds.map((kind) => {
      const times = strikes
        .filter((hit) => kindOf(hit) === kind)
        .flatMap(({ recoveryMs }) => recoveryMs ?? []);
      return `${kind}: ${times.length} times, next text after ${percentile(times, 0.5)} ms (p50), ${percentile(times, 0.99)} ms (p99)`;
    }),
    ...outcomes.flatMap((outcome) => ('why' in outcome ? [`${outcome.name}: ${outcome.why}`] : [])),
    ...problems,
  ];
}
