/** The windows of one live session that have no answer yet: in order, each answered once, however often it is sent. */
import type { WindowReading } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import type { WindowMessage } from '../../shared/protocol/window-wire.ts';

export type WindowOutcome = { readonly reading: WindowReading | undefined } | SottoError;

export interface SentWindow {
  readonly message: WindowMessage;
  readonly samples: Uint8Array;
  /** how often it was sent */
  readonly sends: number;
  readonly sentAt: number;
}

export interface LiveWindows {
  readonly size: number;
  /** Settles once; a partial that has not been sent gives way (undefined) to a newer window of its key. */
  add(message: WindowMessage, samples: Uint8Array): Promise<WindowReading | undefined>;
  /** Those that may be sent while at most `most` are under way; from now on they are. */
  take(most: number, now: number): readonly SentWindow[];
  /** as it was sent last; undefined: it is not under way */
  sent(id: number): SentWindow | undefined;
  settle(id: number, outcome: WindowOutcome): void;
  /** Nobody waits for it any more. Whether it is under way: then it holds its place until it is answered. */
  drop(id: number): boolean;
  /** The line is gone: what was under way waits again, but for those that were under way too often. */
  putBack(): void;
  settleAll(outcome: SottoError): void;
}

/** A window that was under way when so many lines ended is taken for the reason. */
export const MAX_SENDS = 3;

interface Waiting {
  readonly message: WindowMessage;
  readonly samples: Uint8Array;
  sends: number;
  sentAt: number | undefined;
  settle: ((outcome: WindowOutcome) => void) | undefined;
}

export function createLiveWindows(): LiveWindows {
  const windows = new Map<number, Waiting>();

  function settle(id: number, outcome: WindowOutcome): void {
    const window = windows.get(id);
    windows.delete(id);
    window?.settle?.(outcome);
  }

  function replace(key: string): void {
    for (const [id, { message, sentAt }] of windows) {
      const replaced = sentAt === undefined && message.kind === 'partial' && message.key === key;
      if (replaced) settle(id, { reading: undefined });
    }
  }

  const asSent = ({ message, samples, sends, sentAt }: Waiting): SentWindow | undefined =>
    sentAt === undefined ? undefined : { message, samples, sends, sentAt };

  return {
    get size() {
      return windows.size;
    },
    add(message, samples) {
      if (message.key !== undefined) replace(message.key);
      return new Promise((resolve, reject) => {
        windows.set(message.id, {
          message,
          samples,
          sends: 0,
          sentAt: undefined,
          settle: (outcome) => (outcome instanceof SottoError ? reject(outcome) : resolve(outcome.reading)),
        });
      });
    },
    take(most, now) {
      const all = [...windows.values()];
      const room = most - all.filter(({ sentAt }) => sentAt !== undefined).length;
      return all
        .filter(({ sentAt }) => sentAt === undefined)
        .slice(0, Math.max(0, room))
        .flatMap((window) => {
          window.sends += 1;
          window.sentAt = now;
          return asSent(window) ?? [];
        });
    },
    sent(id) {
      const window = windows.get(id);
      return window && asSent(window);
    },
    settle,
    drop(id) {
      const window = windows.get(id);
      window?.settle?.(new SottoError('cancelled'));
      if (window?.sentAt === undefined) {
        windows.delete(id);
        return false;
      }
      window.settle = undefined;
      return true;
    },
    putBack() {
      for (const [id, window] of windows) {
        if (window.sentAt === undefined) continue;
        window.sentAt = undefined;
        // The next partial says more than this one would, and comes soon.
        if (window.settle === undefined || window.message.kind === 'partial')
          settle(id, { reading: undefined });
        else if (window.sends >= MAX_SENDS) {
          settle(id, new SottoError('poison', `${window.sends} workers were lost`));
        }
      }
    },
    settleAll(outcome) {
      for (const id of [...windows.keys()]) settle(id, outcome);
    },
  };
}
