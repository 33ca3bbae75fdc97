/**
 * Which models are loaded and unloaded next, where not all that are asked for fit into memory. Pure; times in
 * milliseconds, sizes in bytes.
 *
 * - Who lacks nothing but the model (its turn has come and a place is free, or it is a live session) is `due`. Room is
 *   made for those in the order in which they became due: of models that nobody asks for, the least recently used first;
 *   then of those that are only waited for; then of those that have had their turn.
 * - A model with holders is never unloaded. Once somebody due has waited for its turn to end, nobody new begins with
 *   it (it is `closed`), so that it is free when those who hold it have left. A turn is some loads long, so that
 *   loading takes the smaller part of the time however the requests come.
 * - Who still waits for a place has its model loaded ahead where that takes it from nobody.
 */
export interface ModelView {
  readonly id: string;
  readonly state: 'available' | 'loading' | 'loaded' | 'unloading' | 'failed';
  /** it takes, or will take */
  readonly bytes: number;
  /** jobs and live sessions that read with it: it is not unloaded under them */
  readonly jobs: number;
  readonly sessions: number;
  /** jobs in line that are to be read with it */
  readonly waiting: number;
  /** since when somebody lacks nothing but it; undefined: nobody does */
  readonly dueSince: number | undefined;
  /** a window of it is being read at this moment, whoever wants it */
  readonly running: boolean;
  /** since when it is in its state */
  readonly since: number;
  readonly usedAt: number;
  /** a load of it, as far as it is known */
  readonly loadMs: number | undefined;
  /** to be loaded whenever there is room */
  readonly preload: boolean;
}

export interface Moves {
  readonly load: readonly string[];
  readonly unload: readonly string[];
  /** nobody new begins with these */
  readonly closed: ReadonlySet<string>;
  /** when there may be more to do, if nothing happens before */
  readonly lookAt: number | undefined;
}

const SHORTEST_TURN_MS = 5_000;
const LONGEST_TURN_MS = 300_000;
const LOADS_A_TURN = 2;
const UNKNOWN_LOAD_MS = 5_000;

/** How long one may keep the other waiting: so long that loading them in turn takes at most a fifth of the time. */
export function turnMs(one: Pick<ModelView, 'loadMs'>, other: Pick<ModelView, 'loadMs'>): number {
  const loads = (one.loadMs ?? UNKNOWN_LOAD_MS) + (other.loadMs ?? UNKNOWN_LOAD_MS);
  return Math.min(LONGEST_TURN_MS, Math.max(SHORTEST_TURN_MS, LOADS_A_TURN * loads));
}

/** When the model has had its turn, as the one that is due sees it. */
export function turnEnds(model: ModelView, due: ModelView): number {
  return Math.max(model.since, due.dueSince ?? model.since) + turnMs(model, due);
}

const isThere = ({ state }: ModelView) => state === 'loading' || state === 'loaded';
const isHeld = ({ jobs, sessions }: ModelView) => jobs + sessions > 0;
/** Somebody reads with it, or would at once. */
const isUsed = (model: ModelView) => isHeld(model) || model.dueSince !== undefined;
const isIdle = (model: ModelView) => !isUsed(model) && model.waiting === 0;
const byUse = (a: ModelView, b: ModelView) => a.usedAt - b.usedAt;
const sum = (models: readonly ModelView[]) => models.reduce((bytes, model) => bytes + model.bytes, 0);

/** One that is larger than all of the memory may have it all. */
const needOf = ({ bytes }: ModelView, budget: number) => Math.min(bytes, budget);

/** Of these, in this order, as many as free what is needed; undefined where all together do not. */
function enough(victims: readonly ModelView[], need: number): readonly ModelView[] | undefined {
  const taken: ModelView[] = [];
  for (const victim of victims) {
    if (sum(taken) >= need) break;
    taken.push(victim);
  }
  if (sum(taken) < need) return undefined;
  // A large one that came last may have made the small ones before it needless.
  for (const victim of [...taken]) {
    if (sum(taken) - victim.bytes >= need) taken.splice(taken.indexOf(victim), 1);
  }
  return taken;
}

export function nextMoves(models: readonly ModelView[], budget: number, now: number): Moves {
  const load: string[] = [];
  const unload: string[] = [];
  const closed = new Set<string>();
  let lookAt: number | undefined;
  const there = models.filter(isThere);
  /** while it is being freed it is not free */
  const leaving = sum(models.filter(({ state }) => state === 'unloading'));
  let free = budget - sum(there) - leaving;

  function begin(model: ModelView): void {
    load.push(model.id);
    free -= model.bytes;
  }

  function end(victims: readonly ModelView[] | undefined): void {
    for (const victim of victims ?? []) {
      closed.add(victim.id);
      if (!isHeld(victim) && !victim.running) unload.push(victim.id);
    }
  }

  const idle = there.filter(isIdle).toSorted(byUse);
  const due = models
    .filter(({ state, dueSince }) => state === 'available' && dueSince !== undefined)
    .toSorted((a, b) => (a.dueSince ?? 0) - (b.dueSince ?? 0));
  for (const model of due) {
    const need = needOf(model, budget);
    if (need <= free) {
      begin(model);
      continue;
    }
    const waitedFor = there.filter((other) => !isUsed(other) && other.waiting > 0).toSorted(byUse);
    const had: ModelView[] = [];
    for (const used of there.filter(isUsed).toSorted((a, b) => a.since - b.since)) {
      // What is still being loaded has not had its turn.
      if (used.state !== 'loaded') continue;
      const ends = turnEnds(used, model);
      if (ends <= now) had.push(used);
      else lookAt = Math.min(lookAt ?? ends, ends);
    }
    end(enough([...idle, ...waitedFor, ...had], need - free - leaving));
    // Nobody may take what is being freed for this one.
    return { load, unload, closed, lookAt };
  }

  const ahead = models.filter(({ state, waiting }) => state === 'available' && waiting > 0);
  for (const model of ahead.toSorted((a, b) => b.waiting - a.waiting)) {
    const need = needOf(model, budget);
    if (need <= free) begin(model);
    else if (load.length + unload.length === 0) end(enough(idle, need - free - leaving));
  }
  for (const model of models) {
    const wanted = model.preload && model.state === 'available' && !load.includes(model.id);
    if (wanted && unload.length === 0 && needOf(model, budget) <= free) begin(model);
  }
  // They grow while they read. The last one stays: it is in nobody's way.
  if (free < 0 && unload.length === 0) {
    const [latest] = there.toSorted((a, b) => b.usedAt - a.usedAt);
    const others = idle.filter((model) => model !== latest);
    end(enough(others, -free - leaving) ?? others);
  }
  return { load, unload, closed, lookAt };
}

/** What stands between a newcomer and this model, if anything. */
export type Outlook =
  /** it is loaded, or will be as soon as it is asked for */
  | 'free'
  /** jobs of other models are read before */
  | 'after-jobs'
  /** live sessions hold what it needs: nobody knows for how long */
  | 'unknown';

export function outlookOf(models: readonly ModelView[], id: string, budget: number): Outlook {
  const model = models.find((each) => each.id === id);
  if (model === undefined || isThere(model)) return 'free';
  const others = models.filter(
    (each) => each !== model && each.state !== 'available' && each.state !== 'failed',
  );
  const fits = (standing: readonly ModelView[]) => needOf(model, budget) <= budget - sum(standing);
  if (fits(others.filter((each) => !isIdle(each) && each.state !== 'unloading'))) return 'free';
  return fits(others.filter(({ sessions }) => sessions > 0)) ? 'after-jobs' : 'unknown';
}
