import type { ModelFile } from '../../shared/asr/catalogue.ts';
import type { LoadProgress } from '../../shared/asr/engine.ts';

export type DownloadProgress = Extract<LoadProgress, { phase: 'download' }>;

export interface ProgressSum {
  /** `total` undefined: not known better than the catalogue does */
  set(path: string, loaded: number, total: number | undefined): void;
  /** says the last word, once, if anything was said */
  finish(): void;
  /** says nothing more */
  stop(): void;
}

/** At most ten a second. */
const EVERY_MS = 100;

/**
 * Bytes of several files as one progress. Neither the bytes nor their share of the whole ever goes back: where a file
 * turns out larger than the catalogue thought, the total grows only as fast as the bytes do. `already`: bytes of the
 * files that need no download, by path.
 */
export function sumProgress(
  files: readonly ModelFile[],
  already: ReadonlyMap<string, number>,
  report: (progress: DownloadProgress) => void,
  now: () => number,
): ProgressSum {
  const loaded = new Map(already);
  const totals = new Map(files.map((file) => [file.path, already.get(file.path) ?? file.bytes]));
  let share = 0;
  let last = Number.NEGATIVE_INFINITY;
  let file = '';
  /** what a pause in the bytes must not keep from being said */
  let late: ReturnType<typeof setTimeout> | undefined;

  function say(): void {
    const bytes = sum(loaded);
    const total = Math.max(bytes, sum(totals));
    const held = share === 0 ? total : Math.min(total, Math.floor(bytes / share));
    const shown = Math.max(bytes, held);
    if (shown > 0) share = Math.max(share, bytes / shown);
    report({ phase: 'download', loaded: bytes, total: shown, file });
  }

  function stop(): void {
    clearTimeout(late);
    late = undefined;
  }

  return {
    set(path, bytes, total) {
      loaded.set(path, bytes);
      if (total !== undefined) totals.set(path, total);
      file = path;
      const wait = EVERY_MS - (now() - last);
      if (wait <= 0) {
        last = now();
        say();
      } else {
        late ??= setTimeout(() => {
          late = undefined;
          last = now();
          say();
        }, wait);
      }
    },
    stop,
    finish() {
      stop();
      if (file === '') return;
      for (const path of totals.keys()) totals.set(path, loaded.get(path) ?? 0);
      say();
    },
  };
}

const sum = (values: ReadonlyMap<string, number>): number => [...values.values()].reduce((a, b) => a + b, 0);
