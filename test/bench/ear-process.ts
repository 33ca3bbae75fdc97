import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import type { EarAnswer, EarOrder } from './ear-child.ts';

export interface EarProcess {
  windows(path: string): AsyncGenerator<SpeechWindow, void>;
  close(): void;
}

/** Resolves when it has started and loaded its model. */
export async function startEar(): Promise<EarProcess> {
  const child = fork(join(import.meta.dirname, 'ear-child.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const died = once(child, 'exit').then(([code]): never => {
    throw new Error(`the ear's process ended with ${code}`);
  });
  died.catch(() => undefined); // raced below; at the end nobody waits
  const said = async (): Promise<EarAnswer> => {
    const [answer] = await Promise.race([once(child, 'message'), died]);
    return answer;
  };
  const order = (what: EarOrder) => child.send(what);
  await said();
  return {
    async *windows(path) {
      order({ kind: 'open', path });
      for (;;) {
        const answer = said();
        order({ kind: 'next' });
        const told = await answer;
        if (told.kind === 'window') yield told.window;
        else return;
      }
    },
    close: () => child.kill(),
  };
}
