import type { TranscribeRequest } from '../service/port.ts';
import type { Output } from './output.ts';

/** Part of a file between two lines where there is no terminal. */
const STEP = 0.25;

/** Says how far a file is: a line that moves on a terminal, else one each quarter. */
export function createFileProgress(
  name: string,
  output: Output,
): NonNullable<TranscribeRequest['onProgress']> {
  let next = STEP;
  return ({ doneSeconds, totalSeconds }) => {
    const part = totalSeconds === undefined || totalSeconds <= 0 ? undefined : doneSeconds / totalSeconds;
    const done = `${doneSeconds.toFixed(1)} s`;
    const line =
      part === undefined || totalSeconds === undefined
        ? `${name}: ${done}`
        : `${name}: ${Math.floor(part * 100)}% (${done} of ${totalSeconds.toFixed(1)} s)`;
    if (output.terminal) output.status(line);
    else if (part !== undefined && part >= next) {
      while (part >= next) next += STEP;
      output.error(line);
    }
  };
}
