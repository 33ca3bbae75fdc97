/** Tokens to words: `split_to_word_tokens` of OpenAI's whisper/tokenizer.py, `merge_punctuations` of its timing.py. */
import type { TokenizerPort } from './sessions.ts';

/** Neighbouring tokens that are one word, or one stretch of punctuation before that is merged. */
export interface TokenGroup {
  /** with the space before it, where the language puts one */
  readonly text: string;
  readonly tokens: readonly number[];
}

export type Decode = TokenizerPort['decode'];

/** These put no spaces between words; each character is taken for a word. */
const WITHOUT_SPACES: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);
const REPLACEMENT = '\ufffd';
/** Python's string.punctuation, in its order: the reference looks for a stretch of it. */
const ASCII_PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The groups of text tokens, in order; joined, their tokens are `tokens`. `language` is the text's, ISO 639-1. */
export function splitWords(
  tokens: readonly number[],
  decode: Decode,
  language: string | undefined,
): TokenGroup[] {
  const characters = splitCharacters(tokens, decode);
  return language !== undefined && WITHOUT_SPACES.has(language) ? characters : joinSubwords(characters);
}

/** The smallest groups that decode to whole characters: one character's bytes may lie in several tokens. */
export function splitCharacters(tokens: readonly number[], decode: Decode): TokenGroup[] {
  // The stock tokenizer refuses to decode nothing.
  const whole = tokens.length === 0 ? '' : decode(tokens);
  const groups: TokenGroup[] = [];
  let open: number[] = [];
  let offset = 0;
  for (const token of tokens) {
    open.push(token);
    const text = decode(open);
    const broken = text.indexOf(REPLACEMENT);
    if (broken >= 0 && whole[offset + broken] !== REPLACEMENT) continue;
    groups.push({ text, tokens: open });
    offset += text.length;
    open = [];
  }
  if (open.length > 0) groups.push({ text: decode(open), tokens: open });
  return groups;
}

/**
 * A group with a space before it begins a word, punctuation is a group of its own, the rest continues a word: with
 * the punctuation before it, if that follows a word without a space (`half-past`, `10.5`, where the reference cuts).
 */
export function joinSubwords(groups: readonly TokenGroup[]): TokenGroup[] {
  const words: TokenGroup[] = [];
  for (const group of groups) {
    const last = words.at(-1);
    if (last === undefined || group.text.startsWith(' ') || isPunctuation(group)) {
      words.push(group);
      continue;
    }
    words.pop();
    const before = !last.text.startsWith(' ') && isPunctuation(last) ? words.pop() : undefined;
    words.push(joined(before === undefined ? last : joined(before, last), group));
  }
  return words;
}

const isPunctuation = ({ text }: TokenGroup): boolean => ASCII_PUNCTUATION.includes(text.trim());

const PREPENDED = '"\'“¿([{-';
const APPENDED = '"\'.。,，!！?？:：”)]}、';

/**
 * Punctuation joined to the word it belongs to: brackets and quotes that open to the next, ends of sentences and what
 * closes to the one before. The word keeps its own start, end and whatever else it has; `tokens` and `text` are joined.
 */
export function mergePunctuation<Group extends TokenGroup>(groups: readonly Group[]): Group[] {
  const opened: Group[] = [];
  for (const group of groups.toReversed()) {
    const next = opened[0];
    const opens = group.text.startsWith(' ') && isStretchOf(group.text.trim(), PREPENDED);
    if (opens && next !== undefined) opened[0] = { ...next, ...joined(group, next) };
    else opened.unshift(group);
  }
  const closed: Group[] = [];
  for (const group of opened) {
    const last = closed.at(-1);
    const closes = last !== undefined && !last.text.endsWith(' ') && isStretchOf(group.text, APPENDED);
    if (closes) closed[closed.length - 1] = { ...last, ...joined(last, group) };
    else closed.push(group);
  }
  return closed;
}

const isStretchOf = (text: string, marks: string): boolean => text !== '' && marks.includes(text);

function joined(first: TokenGroup, second: TokenGroup): TokenGroup {
  return { text: first.text + second.text, tokens: [...first.tokens, ...second.tokens] };
}
