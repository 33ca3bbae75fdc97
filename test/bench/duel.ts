/** Two engines read the same windows in turn. Runs in Node and on the page. */

/** Reads one window; gives its text. */
export type Contender = (samples: Float32Array) => Promise<string>;

export interface DuelOptions {
  /** windows read by each before the clock runs */
  readonly warmups: number;
  readonly rounds: number;
  /** milliseconds: no further round is begun that would end later, but one is always done */
  readonly budgetMs: number;
}

export interface Duel {
  /** milliseconds [round][window] */
  readonly ours: readonly (readonly number[])[];
  readonly stock: readonly (readonly number[])[];
  /** windows whose two texts differ */
  readonly differing: readonly { readonly ours: string; readonly stock: string }[];
}

/** Ours, stock, ours, stock, window by window: what else the machine does meets both alike. */
export async function duel(
  ours: Contender,
  stock: Contender,
  windows: readonly Float32Array[],
  { warmups, rounds, budgetMs }: DuelOptions,
  progress: (text: string) => void,
): Promise<Duel> {
  const started = performance.now();
  for (const samples of windows.slice(0, warmups)) {
    const warmed = [await timed(ours, samples), await timed(stock, samples)];
    progress(`warm-up ${warmed.map(({ ms }) => `${ms.toFixed(0)} ms`).join(' / ')}`);
  }
  const times: { ours: number[][]; stock: number[][] } = { ours: [], stock: [] };
  const differing = new Map<number, { ours: string; stock: string }>();
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const row: { ours: number[]; stock: number[] } = { ours: [], stock: [] };
    for (const [at, samples] of windows.entries()) {
      const a = await timed(ours, samples);
      const b = await timed(stock, samples);
      row.ours.push(a.ms);
      row.stock.push(b.ms);
      if (a.text !== b.text) differing.set(at, { ours: a.text, stock: b.text });
    }
    times.ours.push(row.ours);
    times.stock.push(row.stock);
    progress(`round ${round + 1} of ${rounds}: ${total(row.ours)} / ${total(row.stock)} ms`);
    const now = performance.now();
    if (now + (now - began) - started > budgetMs) break;
  }
  return { ...times, differing: [...differing.values()] };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0).toFixed(0);

async function timed(contender: Contender, samples: Float32Array): Promise<{ text: string; ms: number }> {
  const started = performance.now();
  const text = await contender(samples);
  return { text, ms: performance.now() - started };
}
