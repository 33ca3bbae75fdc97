/** Fills chunks of lines: those in view at once, those near them next, the others, too, when the page has nothing else to do. */
import type { LineChunk } from './line-chunk.ts';

/** Around what is in view, CSS pixels: what is there is marked, and filled before what is further away. */
const NEAR = 1000;
/** What is so near is filled at once. */
const CLOSE = 150;
/** Milliseconds of idle time that the next chunk needs. */
const ENOUGH_MS = 8;
/** Where the browser does not tell when it is idle: between two chunks. */
const PAUSE_MS = 40;

export class ChunkFiller {
  readonly #near: IntersectionObserver;
  readonly #close: IntersectionObserver;
  readonly #inView = new Set<LineChunk>();
  readonly #watched = new Set<LineChunk>();
  readonly #seen: () => void;
  #idle: (() => void) | undefined;

  /** `seen`: other chunks than before are near what is in view. */
  constructor(seen: () => void) {
    this.#seen = seen;
    this.#near = new IntersectionObserver((entries) => this.#moved(entries), {
      rootMargin: `${NEAR}px 0px`,
    });
    this.#close = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          if (isIntersecting) (target as LineChunk).filled = true;
        this.#seen();
      },
      { rootMargin: `${CLOSE}px 0px` },
    );
  }

  /** Near what is in view. */
  get near(): ReadonlySet<LineChunk> {
    return this.#inView;
  }

  follow(chunks: Iterable<LineChunk>): void {
    const now = new Set(chunks);
    for (const chunk of this.#watched) {
      if (now.has(chunk)) continue;
      this.#near.unobserve(chunk);
      this.#close.unobserve(chunk);
      this.#watched.delete(chunk);
      this.#inView.delete(chunk);
    }
    for (const chunk of now) {
      if (this.#watched.has(chunk)) continue;
      this.#watched.add(chunk);
      this.#near.observe(chunk);
      this.#close.observe(chunk);
    }
    this.#later();
  }

  stop(): void {
    this.#near.disconnect();
    this.#close.disconnect();
    this.#watched.clear();
    this.#inView.clear();
    this.#idle?.();
    this.#idle = undefined;
  }

  #moved(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const chunk = target as LineChunk;
      if (!isIntersecting) this.#inView.delete(chunk);
      else this.#inView.add(chunk);
    }
    this.#seen();
    this.#later();
  }

  #later(): void {
    if (this.#idle !== undefined) return;
    const fill = (left: () => number) => {
      this.#idle = undefined;
      const next = firstEmpty(this.#inView) ?? firstEmpty(this.#watched);
      if (next === undefined) return;
      // One at a time: each is rendered before the time that is left is looked at again.
      if (left() >= ENOUGH_MS) next.filled = true;
      this.#later();
    };
    if ('requestIdleCallback' in window) {
      const handle = requestIdleCallback((deadline) => fill(() => deadline.timeRemaining()));
      this.#idle = () => cancelIdleCallback(handle);
    } else {
      const timer = setTimeout(() => fill(() => ENOUGH_MS), PAUSE_MS);
      this.#idle = () => clearTimeout(timer);
    }
  }
}

function firstEmpty(chunks: Iterable<LineChunk>): LineChunk | undefined {
  for (const chunk of chunks) if (!chunk.filled) return chunk;
  return undefined;
}
