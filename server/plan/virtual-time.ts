/** Time that moves from one event to the next, so that the real gate can be run for simulated hours. */
import type { Clock } from '../../shared/queue/port.ts';

export interface VirtualTime extends Clock {
  /** Fires what falls due, in order, until `done` says so or nothing is left; promises settle after each moment. */
  run(done: () => boolean): Promise<void>;
  /** moments that were stepped to: what a simulation costs */
  readonly moments: number;
}

interface Timer {
  readonly at: number;
  /** of two at the same time the older goes first */
  readonly order: number;
  action: (() => void) | undefined;
}

export function createVirtualTime(): VirtualTime {
  const heap: Timer[] = [];
  let now = 0;
  let order = 0;
  let moments = 0;

  // After an immediate the microtask queue is empty, however long the gate's chains of promises are.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    now: () => now,
    after(ms, action) {
      const timer: Timer = { at: now + Math.max(0, ms), order, action };
      order += 1;
      push(heap, timer);
      return () => {
        timer.action = undefined;
      };
    },
    get moments() {
      return moments;
    },
    async run(done) {
      await settle();
      while (!done()) {
        const first = pop(heap);
        if (first === undefined) return;
        if (first.action === undefined) continue;
        now = first.at;
        moments += 1;
        first.action();
        while (heap[0] !== undefined && heap[0].at === now) pop(heap)?.action?.();
        await settle();
      }
    },
  };
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: the children of place i are at 2i+1 and 2i+2. */
function push(heap: Timer[], timer: Timer): void {
  let place = heap.length;
  heap.push(timer);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(timer, above)) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, left)) child += 1;
    const smaller = heap[child];
    if (smaller === undefined || !before(smaller, last)) break;
    heap[place] = smaller;
    place = child;
  }
  heap[place] = last;
  return first;
}
