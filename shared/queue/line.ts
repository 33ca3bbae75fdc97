/** The places of one priority and who stands in line for them: who may begin, and how long the others wait. */
import type { SottoError } from '../errors.ts';
import { type JobPace, jobMs, waits } from './estimate.ts';
import type { AdmissionRequest, Lease, QueuePlace, Share } from './port.ts';
import { sharesOf, type Turns } from './turns.ts';

export interface Active {
  readonly tenant: Share;
  readonly since: number;
  readonly seconds: number | undefined;
  /** what it said it still needs, and when */
  expected: { readonly at: number; readonly ms: number } | undefined;
}

export type Going = Omit<AdmissionRequest, 'priority' | 'tenant'>;

/** `reserved` -> `ready` -> `out` (admitted or refused), or `reserved` -> `out` (released or refused). */
export type Stage =
  | { readonly name: 'reserved' }
  | {
      readonly name: 'ready';
      readonly request: Going;
      readonly admit: (lease: Lease) => void;
      readonly refuse: (error: SottoError) => void;
      /** stops its timer and its abort listener */
      readonly release: () => void;
    }
  | { readonly name: 'out'; readonly error: SottoError | undefined };

export interface Waiter {
  readonly tenant: Share;
  stage: Stage;
  /** the position last told; undefined before the first */
  told: number | undefined;
}

export interface Line {
  /** of one tenant */
  readonly places: number;
  /** of all tenants together */
  readonly allPlaces: number;
  readonly active: Set<Active>;
  readonly waiters: Waiter[];
  readonly turns: Turns;
  pace: JobPace;
}

const ofTenant = <Each extends { readonly tenant: Share }>(all: Iterable<Each>, { id }: Share): Each[] =>
  [...all].filter(({ tenant }) => tenant.id === id);

/** How many of this tenant, one more included where it is said, wait for a place that is not free. */
export function beyondPlaces(line: Line, tenant: Share, more: 0 | 1): number {
  const free = line.places - ofTenant(line.active, tenant).length;
  return Math.max(0, ofTenant(line.waiters, tenant).length + more - free);
}

/** The same of everybody. */
export function beyondAllPlaces(line: Line, more: 0 | 1): number {
  return Math.max(0, line.waiters.length + more - (line.allPlaces - line.active.size));
}

/** Whether one more of this tenant could begin now. */
export const hasPlace = (line: Line, tenant: Share): boolean =>
  line.active.size < line.allPlaces && ofTenant(line.active, tenant).length < line.places;

/** Who begins now, if anybody may: it has its turn. */
export function takeNext(line: Line): Waiter | undefined {
  if (line.active.size >= line.allPlaces) return undefined;
  const ready = line.waiters.filter(({ stage, tenant }) => stage.name === 'ready' && hasPlace(line, tenant));
  if (ready.every(({ stage }) => stage.name === 'ready' && stage.request.tryBegin === undefined)) {
    const share = line.turns.take(sharesOf(ready));
    return ready.find(({ tenant }) => tenant.id === share?.id);
  }
  for (const [place, index] of line.turns.order(ready.map(({ tenant }) => tenant)).entries()) {
    const waiter = ready[index];
    if (waiter?.stage.name !== 'ready' || waiter.stage.request.tryBegin?.() === false) continue;
    // Who is passed over keeps its turn.
    if (place === 0) line.turns.take(sharesOf(ready));
    else line.turns.join([waiter.tenant]);
    return waiter;
  }
  return undefined;
}

/** Those who wait for the same places, in the order of their turns; the newcomer is undefined. */
interface Contest {
  readonly queue: readonly (Waiter | undefined)[];
  readonly etas: readonly (number | undefined)[];
}

/** While there are places for everybody's tenant, each waits for its own tenant's alone. */
function contests(line: Line, now: number, newcomer: Share | undefined): readonly Contest[] {
  const all: (Waiter | undefined)[] = newcomer === undefined ? line.waiters : [...line.waiters, undefined];
  const shareOf = (waiter: Waiter | undefined): Share => waiter?.tenant ?? (newcomer as Share);
  const present = sharesOf([...line.active, ...all.map((waiter) => ({ tenant: shareOf(waiter) }))]);
  if (present.length * line.places <= line.allPlaces) {
    return present.map((share) => {
      const queue = all.filter((waiter) => shareOf(waiter).id === share.id);
      return { queue, etas: etasOf(line, queue, ofTenant(line.active, share), line.places, now) };
    });
  }
  const queue = line.turns.order(all.map(shareOf)).map((place) => all[place]);
  return [{ queue, etas: etasOf(line, queue, [...line.active], line.allPlaces, now) }];
}

function etasOf(
  { pace }: Line,
  queue: readonly (Waiter | undefined)[],
  active: readonly Active[],
  places: number,
  now: number,
): (number | undefined)[] {
  const each = queue.map((waiter) =>
    jobMs(pace, waiter?.stage.name === 'ready' ? waiter.stage.request.seconds : undefined),
  );
  return waits(
    active.map((job) => remainingMs(pace, job, now)),
    places,
    each,
  );
}

function remainingMs(pace: JobPace, { since, seconds, expected }: Active, now: number): number | undefined {
  if (expected !== undefined) return Math.max(0, expected.ms - (now - expected.at));
  const whole = jobMs(pace, seconds);
  return whole === undefined ? undefined : Math.max(0, whole - (now - since));
}

/** Of everybody in line. */
export function placesIn(line: Line, now: number): ReadonlyMap<Waiter, QueuePlace> {
  const places = new Map<Waiter, QueuePlace>();
  for (const { queue, etas } of contests(line, now, undefined)) {
    for (const [position, waiter] of queue.entries()) {
      if (waiter !== undefined) places.set(waiter, { position, etaMs: etas[position] });
    }
  }
  return places;
}

/** How long one who came now would wait. */
export function newcomerEta(line: Line, tenant: Share, now: number): number | undefined {
  const contest = contests(line, now, tenant).find(({ queue }) => queue.includes(undefined));
  return contest?.etas[contest.queue.indexOf(undefined)];
}
