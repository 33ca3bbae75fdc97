/**
 * Whose turn it is, where several tenants wait: weighted round robin by stride scheduling (C. A. Waldspurger and
 * W. E. Weihl, "Stride Scheduling: Deterministic Proportional-Share Resource Management", MIT/LCS/TM-528, 1995). Each
 * turn moves a tenant's pass on by 1/weight, and the least pass is next. Who was away begins where the others are:
 * nobody saves turns up.
 */
import { NOBODY, type Share } from './port.ts';

export interface Turns {
  /** The next of those who wait, and it has its turn: among equals the one that comes first. */
  take(waiting: readonly Share[]): Share | undefined;
  /** The same where others may be before it, as of those that fit into a batch that another one leads. */
  join(waiting: readonly Share[]): Share | undefined;
  /** The indexes of what waits in the order in which it would be taken; each of one tenant's in its own order. */
  order(waiting: readonly Share[]): readonly number[];
}

export function createTurns(): Turns {
  /** of those who had a turn that others have yet to have */
  const passes = new Map<string, number>();
  let now = 0;

  function least(waiting: readonly Share[], of: ReadonlyMap<string, number>, from: number) {
    let next: { readonly share: Share; readonly pass: number } | undefined;
    for (const share of waiting) {
      const pass = Math.max(from, of.get(share.id) ?? from);
      if (next === undefined || pass < next.pass) next = { share, pass };
    }
    return next;
  }

  function join(waiting: readonly Share[]): Share | undefined {
    const next = least(waiting, passes, now);
    if (next !== undefined) passes.set(next.share.id, next.pass + 1 / next.share.weight);
    return next?.share;
  }

  return {
    join,
    take(waiting) {
      now = least(waiting, passes, now)?.pass ?? now;
      for (const [id, pass] of passes) if (pass <= now) passes.delete(id);
      return join(waiting);
    },
    order(waiting) {
      const copy = new Map(passes);
      const left = new Map<string, { readonly share: Share; readonly places: number[] }>();
      for (const [place, share] of waiting.entries()) {
        const known = left.get(share.id);
        if (known === undefined) left.set(share.id, { share, places: [place] });
        else known.places.push(place);
      }
      if (left.size <= 1) return waiting.map((_, place) => place);
      const order: number[] = [];
      let from = now;
      while (left.size > 0) {
        // Of equals the one that came first, as in the line itself.
        const foremost = [...left.values()].sort((a, b) => (a.places[0] ?? 0) - (b.places[0] ?? 0));
        const next = least(
          foremost.map(({ share }) => share),
          copy,
          from,
        );
        const own = left.get(next?.share.id ?? '');
        if (next === undefined || own === undefined) break;
        from = next.pass;
        copy.set(next.share.id, next.pass + 1 / next.share.weight);
        order.push(own.places.shift() ?? 0);
        if (own.places.length === 0) left.delete(next.share.id);
      }
      return order;
    },
  };
}

/** Each once, in the order in which their first comes. */
export function sharesOf(waiting: readonly { readonly tenant?: Share }[]): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const { tenant = NOBODY } of waiting) if (!shares.has(tenant.id)) shares.set(tenant.id, tenant);
  return [...shares.values()];
}
