/**
 * One transcriber for everything on a page that asks for the same: one engine, one gate, one model in memory. Nothing
 * of it is loaded before the first who asks, and it goes again when nobody has held it for a while.
 */
import type { LadderStep, LocalOptions } from './local.ts';
import type { ServerPlace } from './rungs.ts';
import type { Sent } from './sent.ts';
import type { Transcriber } from './transcriber.ts';

export interface ShareOptions {
  /** base address of the hub that models come from */
  readonly hub: string;
  /** see LocalOptions */
  readonly site?: string;
  readonly ladder?: readonly LadderStep[];
  /** see LocalOptions; who shares an engine shares the leave of the first */
  readonly server?: ServerPlace;
  /** milliseconds that an engine nobody holds is kept */
  readonly idleMs?: number;
}

export interface Borrowed {
  readonly transcriber: Transcriber;
  /** Idempotent. */
  giveBack(): void;
}

interface Shared {
  readonly transcriber: Promise<Transcriber>;
  holders: number;
  closing: ReturnType<typeof setTimeout> | undefined;
}

/** The first model is each job's own affair. */
const FIRST_MODEL = 'sotto-demo-en';
const IDLE_MS = 60_000;
const shares = new Map<string, Shared>();

/** Rejects when the script of the engine's side cannot be loaded; the next call tries again. */
export async function borrow(options: ShareOptions): Promise<Borrowed> {
  const { idleMs = IDLE_MS, ...rest } = options;
  const key = JSON.stringify([rest.hub, rest.site, rest.ladder, rest.server]);
  const share = shares.get(key) ?? { transcriber: open(rest), holders: 0, closing: undefined };
  shares.set(key, share);
  clearTimeout(share.closing);
  share.holders += 1;
  try {
    const transcriber = await share.transcriber;
    let held = true;
    return {
      transcriber,
      giveBack() {
        if (!held) return;
        held = false;
        share.holders -= 1;
        if (share.holders === 0) share.closing = setTimeout(() => end(key, transcriber), idleMs);
      },
    };
  } catch (thrown) {
    if (shares.get(key) === share) shares.delete(key);
    throw thrown;
  }
}

async function open(options: Omit<ShareOptions, 'idleMs'>): Promise<Transcriber> {
  const { createLocalTranscriber } = await import('./local.ts');
  const onSent = (sent: Sent) => dispatchEvent(new CustomEvent('sotto-sent', { detail: sent }));
  const local: LocalOptions = { ...options, model: FIRST_MODEL, onSent };
  return createLocalTranscriber(local);
}

function end(key: string, transcriber: Transcriber): void {
  shares.delete(key);
  void transcriber.close();
}
