import type { Clock } from '../../shared/queue/port.ts';

export interface ModelWatch {
  /** Looks from now on whether the files are others than when an engine was last started. Idempotent. */
  begin(): void;
  rest(): void;
}

const EVERY_MS = 5_000;

/**
 * Tells, once for each change, that a model's files are others than before and change no more: files that are still
 * being copied would only make another start fail.
 */
export async function watchModel({
  fingerprint,
  clock,
  onChange,
}: {
  readonly fingerprint: () => Promise<string>;
  readonly clock: Clock;
  readonly onChange: () => void;
}): Promise<ModelWatch> {
  let tried = await fingerprint();
  let last = tried;
  let stop: (() => void) | undefined;

  function later(): void {
    stop = clock.after(EVERY_MS, () => void look());
  }

  async function look(): Promise<void> {
    const mine = stop;
    // A folder that cannot be looked into now may be there the next time.
    const now = await fingerprint().catch(() => last);
    if (stop !== mine) return;
    const settled = now === last;
    last = now;
    if (settled && now !== tried) {
      tried = now;
      stop = undefined;
      onChange();
    } else later();
  }

  return {
    begin() {
      if (stop === undefined) later();
    },
    rest() {
      stop?.();
      stop = undefined;
    },
  };
}
