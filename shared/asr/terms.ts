/**
 * Words and names that are likely to be said: what begins or goes on with one of them gets a bonus. This is contextual
 * biasing by shallow fusion over a prefix tree of tokens (Zhao et al., *Shallow-Fusion End-to-End Contextual Biasing*,
 * Interspeech 2019; for greedy search Jung et al., *Spell My Name: Keyword Boosted Speech Recognition*, ICASSP 2022).
 *
 * A search with several hypotheses takes a bonus back where a term is not finished. Greedy search has chosen by then. So
 * a first token gets the bonus in proportion to its letters, for one letter says little of a long name, and only once a
 * term is begun its further tokens get the whole of theirs.
 */
import type { TokenizerPort } from './sessions.ts';

/** Added to the logits of text tokens, in nats. */
export interface TermBonus {
  /** of a term's first token where a word may begin, if it is the whole term; of part of it, in proportion to letters */
  readonly first: number;
  /** of each further token */
  readonly further: number;
}

/** Token to bonus. */
export type Bonuses = ReadonlyMap<number, number>;

export interface Terms {
  /** Of the tokens that may follow `text` (text tokens only, without what came before the window). */
  after(text: readonly number[]): Bonuses;
}

interface Node {
  readonly next: Map<number, Node>;
  /** of the token that leads here */
  bonus: number;
}

const leaf = (): Node => ({ next: new Map(), bonus: 0 });

/** Undefined where no term has a token. Terms are taken with and without a space before them, as written and with a capital. */
export function createTerms(
  terms: readonly string[],
  tokenizer: TokenizerPort,
  bonus: TermBonus,
): Terms | undefined {
  /** begin where a space says that a word begins, and where no letter stands before */
  const spaced = leaf();
  const bare = leaf();
  let longest = 0;
  const add = (root: Node, term: string): void => {
    const tokens = tokenizer.encode(term);
    longest = Math.max(longest, tokens.length);
    const [first] = tokens;
    if (first === undefined) return;
    const share = lettersOf(tokenizer.decode([first])) / Math.max(1, lettersOf(term));
    grow(root, tokens, (depth) => (depth === 0 ? bonus.first * Math.min(1, share) : bonus.further));
  };
  for (const spelling of terms.flatMap(spellings)) {
    add(spaced, ` ${spelling}`);
    add(bare, spelling);
  }
  if (longest === 0) return undefined;
  const endsInWord = wordEnds(tokenizer);

  return {
    after(text) {
      const bonuses = new Map<number, number>();
      const raise = (node: Node | undefined): void => {
        for (const [token, { bonus }] of node?.next ?? []) {
          bonuses.set(token, Math.max(bonus, bonuses.get(token) ?? 0));
        }
      };
      for (let from = Math.max(0, text.length - longest + 1); from <= text.length; from++) {
        raise(follow(spaced, text, from));
        if (from === 0 || !endsInWord(text[from - 1]!)) raise(follow(bare, text, from));
      }
      return bonuses;
    },
  };
}

const lettersOf = (text: string): number => [...text.trim()].length;

function spellings(term: string): string[] {
  const written = term.trim().replace(/\s+/g, ' ');
  if (written === '') return [];
  const [initial = ''] = written;
  return [...new Set([written, initial.toUpperCase() + written.slice(initial.length)])];
}

function grow(root: Node, tokens: readonly number[], bonusAt: (depth: number) => number): void {
  let node = root;
  tokens.forEach((token, depth) => {
    const next = node.next.get(token) ?? leaf();
    next.bonus = Math.max(next.bonus, bonusAt(depth));
    node.next.set(token, next);
    node = next;
  });
}

/** Where the tokens from `from` on lead; undefined: off the tree, or to a term's end. */
function follow(root: Node, text: readonly number[], from: number): Node | undefined {
  let node: Node | undefined = root;
  for (let i = from; i < text.length && node !== undefined; i++) node = node.next.get(text[i]!);
  return node;
}

/** Scripts that put no spaces between words: there a term may begin after any letter. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}]$/u;
const LETTER = /[\p{L}\p{N}\p{M}]$/u;

/** Whether a token ends in the middle of a word, as far as it alone can say. */
function wordEnds({ decode }: TokenizerPort): (token: number) => boolean {
  const known = new Map<number, boolean>();
  return (token) => {
    const before = known.get(token);
    if (before !== undefined) return before;
    const text = decode([token]);
    const inside = LETTER.test(text) && !WITHOUT_SPACES.test(text);
    known.set(token, inside);
    return inside;
  };
}
