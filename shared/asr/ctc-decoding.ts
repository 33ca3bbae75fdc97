/** Logits of a CTC model to tokens to words: the best path of Graves et al., "Connectionist Temporal Classification", 2006. */
import type { Word } from './engine.ts';

/** A token and the frames it was heard in. */
export interface CtcToken {
  readonly token: number;
  /** its first frame, and the one after its last */
  readonly from: number;
  readonly to: number;
  /** mean over its frames, in (0, 1] */
  readonly probability: number;
}

/**
 * The most probable token of each frame; neighbours that are equal are one, blanks part what is said twice and are left
 * out. `logits` is [frames, vocabulary]. Undefined when they are not finite: the device computed garbage.
 */
export function bestPath(
  logits: Float32Array,
  vocabulary: number,
  blank: number,
): readonly CtcToken[] | undefined {
  const frames = logits.length / vocabulary;
  const path: CtcToken[] = [];
  let last = blank;
  let sum = 0;
  for (let frame = 0; frame < frames; frame++) {
    const row = logits.subarray(frame * vocabulary, (frame + 1) * vocabulary);
    const best = mostProbable(row);
    if (best === undefined) return undefined;
    const { token, probability } = best;
    const open = path.at(-1);
    if (token === blank) sum = 0;
    else if (token === last && open !== undefined) {
      sum += probability;
      path[path.length - 1] = { ...open, to: frame + 1, probability: sum / (frame + 1 - open.from) };
    } else {
      sum = probability;
      path.push({ token, from: frame, to: frame + 1, probability });
    }
    last = token;
  }
  return path;
}

function mostProbable(row: Float32Array): { token: number; probability: number } | undefined {
  let token = 0;
  for (let id = 1; id < row.length; id++) {
    if (row[id]! > row[token]!) token = id;
  }
  const top = row[token]!;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - top);
  // what is not a number makes the sum none; infinities make it none as well
  return Number.isFinite(top) && Number.isFinite(sum) ? { token, probability: 1 / sum } : undefined;
}

export interface CtcClock {
  readonly frameSeconds: number;
  /** the window's length: no time is later */
  readonly seconds: number;
}

/** Words begin where a piece begins with a space. Their times are those of their tokens, in order, in the window. */
export function wordsOf(path: readonly CtcToken[], pieces: readonly string[], clock: CtcClock): Word[] {
  const words: Word[] = [];
  let open: { text: string; tokens: CtcToken[] } = { text: '', tokens: [] };
  const close = () => {
    const [first] = open.tokens;
    const last = open.tokens.at(-1);
    if (first === undefined || last === undefined) return;
    const time = (frame: number) => Math.min(toMilliseconds(frame * clock.frameSeconds), clock.seconds);
    words.push({
      text: words.length === 0 ? open.text : ` ${open.text}`,
      start: time(first.from),
      end: time(last.to),
      probability: open.tokens.reduce((sum, { probability }) => sum + probability, 0) / open.tokens.length,
    });
  };
  for (const token of path) {
    const piece = pieces[token.token] ?? '';
    if (piece.startsWith(' ')) {
      close();
      open = { text: '', tokens: [] };
    }
    const text = piece.trimStart();
    if (text !== '') open = { text: open.text + text, tokens: [...open.tokens, token] };
  }
  close();
  return words;
}

const toMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
