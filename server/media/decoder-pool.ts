/** Decoders to come: one is started before it is needed, since starting Node and FFmpeg takes half a second. */
import { SottoError } from '../../shared/errors.ts';
import type { DecoderProcess } from './decoder-process.ts';

export interface DecoderPool {
  /** A decoder that nobody else has; the next one is started at once. Throws `closed`. */
  take(): DecoderProcess;
  /** of those that live, in use or not */
  pids(): readonly number[];
  /** Kills all, and resolves when they are gone. Idempotent. */
  close(): Promise<void>;
}

export function createDecoderPool(start: () => DecoderProcess): DecoderPool {
  const living = new Set<DecoderProcess>();
  let spare: DecoderProcess | undefined;
  let closed = false;

  function begin(): DecoderProcess {
    const process = start();
    living.add(process);
    void process.exited.then(() => living.delete(process));
    return process;
  }

  spare = begin();
  return {
    take() {
      if (closed) throw new SottoError('closed');
      const taken = spare?.alive === true ? spare : begin();
      spare = begin();
      return taken;
    },
    pids: () => [...living].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async close() {
      closed = true;
      spare = undefined;
      const ends = [...living].map((process) => {
        process.kill();
        return process.exited;
      });
      await Promise.all(ends);
    },
  };
}
