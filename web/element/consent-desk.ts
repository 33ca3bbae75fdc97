/** One question for all elements on a page that would send to the same server, asked by one of them. */
import type { Clock } from '../../shared/queue/port.ts';
import { createLeave, type Leave } from '../client/leave.ts';

/** Somebody who can ask the visitor. */
export interface Asker {
  ask(answer: (yes: boolean) => void): void;
  /** It was answered, by whomever, or somebody else asks from now on. */
  stop(): void;
}

export interface Desk {
  readonly host: string;
  readonly leave: Leave;
  /** From now on this one may be asked to ask; the first who sat down does. Returns what ends it. */
  sit(asker: Asker): () => void;
}

export function createDesk(host: string, clock: Clock): Desk {
  const leave = createLeave(clock);
  const seated = new Set<Asker>();
  let asking: Asker | undefined;

  /** Answers count while the question stands. */
  function answer(yes: boolean): void {
    if (leave.asking) leave.answer(yes);
  }
  function choose(): void {
    const next = leave.asking ? [...seated][0] : undefined;
    if (next === asking) return;
    const before = asking;
    asking = next;
    before?.stop();
    next?.ask(answer);
  }
  leave.subscribe(choose);

  return {
    host,
    leave,
    sit(asker) {
      seated.add(asker);
      choose();
      return () => {
        seated.delete(asker);
        choose();
      };
    },
  };
}
