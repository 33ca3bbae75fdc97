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

/** What the tokens of a model are. */
export interface CtcVocabulary {
  /** text of each token by its id, a space where a word begins; '' for the blank and other specials */
  readonly pieces: readonly string[];
  /** the token that says nothing */
  readonly blank: number;
}

/**
 * The most probable token of each frame; neighbours that are equal are one, blanks part what is said twice and are left
 * out. Frames of other specials are passed over, as transformers' Wav2Vec2CTCTokenizer does: they part nothing.
 * `logits` is [frames, tokens]. Undefined when they are not finite: the device computed garbage.
 */
export function bestPath(
  logits: Float32Array,
  { pieces, blank }: CtcVocabulary,
): readonly CtcToken[] | undefined {
  const width = pieces.length;
  const path: CtcToken[] = [];
  let last = blank;
  let heard = 0;
  for (let frame = 0; (frame + 1) * width <= logits.length; frame++) {
    const best = mostProbable(logits.subarray(frame * width, (frame + 1) * width));
    if (best === undefined) return undefined;
    const { token, probability } = best;
    if (token !== blank && pieces[token] === '') continue;
    const open = path.at(-1);
    if (token !== blank && token === last && open !== undefined) {
      const mean = (open.probability * heard + probability) / (heard + 1);
      path[path.length - 1] = { ...open, to: frame + 1, probability: mean };
      heard++;
    } else if (token !== blank) {
      path.push({ token, from: frame, to: frame + 1, probability });
      heard = 1;
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
