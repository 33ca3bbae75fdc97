/** What counts while somebody renews it. */
export interface Lapsing<Value> {
  set(id: string, value: Value, until: number): void;
  get(id: string, now: number): Value | undefined;
  delete(id: string): void;
  /** those that have not lapsed */
  values(now: number): readonly Value[];
}

export function createLapsing<Value>(): Lapsing<Value> {
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  function forget(now: number): void {
    for (const [id, { until }] of entries) if (until <= now) entries.delete(id);
  }
  return {
    set: (id, value, until) => void entries.set(id, { value, until }),
    get(id, now) {
      const entry = entries.get(id);
      return entry === undefined || entry.until <= now ? undefined : entry.value;
    },
    delete: (id) => void entries.delete(id),
    values(now) {
      forget(now);
      return [...entries.values()].map(({ value }) => value);
    },
  };
}
