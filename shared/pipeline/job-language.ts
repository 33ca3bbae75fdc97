/**
 * Which language a job is in, where nobody said: heard in its first windows, then kept, as the reference keeps that of
 * a file's first 30 s (OpenAI's whisper/transcribe.py). Several windows vote here, for the first may be a greeting.
 */
import type { WindowReading } from '../asr/engine.ts';

export interface Language {
  /** ISO 639-1 where there is one */
  readonly code: string;
  readonly probability: number;
}

/** What one window with text was taken for. */
export interface Vote extends Language {
  /** the window's length */
  readonly seconds: number;
}

/** Windows with text that settle it. */
export const VOTES = 3;

export type JobLanguage =
  /** not asked: it was said, or the model knows but one */
  | { readonly name: 'given'; readonly code: string | undefined }
  | { readonly name: 'listening'; readonly votes: readonly Vote[] }
  | { readonly name: 'settled'; readonly language: Language };

/** `asked`: what the job was told; undefined or `auto`: to be found. `votes`: of windows that were read before. */
export function startLanguage(asked: string | undefined, votes: readonly Vote[] = []): JobLanguage {
  return asked === undefined || asked === 'auto' ? counted(votes) : { name: 'given', code: asked };
}

/** What the next window is to be read with. */
export function languageFor(state: JobLanguage): string | undefined {
  if (state.name === 'listening') return 'auto';
  return state.name === 'settled' ? state.language.code : state.code;
}

/** How many windows may be read before it is known what they come to; then the language is looked at again. */
export function windowsToHear(state: JobLanguage): number {
  return state.name === 'listening' ? Math.max(1, VOTES - state.votes.length) : Number.POSITIVE_INFINITY;
}

/** After a reading, in the order of the windows. A window without text says nothing of the language. */
export function heard(state: JobLanguage, reading: WindowReading, seconds: number): JobLanguage {
  if (state.name !== 'listening' || reading.segments.length === 0) return state;
  if (reading.language === undefined) return { name: 'given', code: undefined };
  return counted([...state.votes, { ...reading.language, seconds }]);
}

function counted(votes: readonly Vote[]): JobLanguage {
  const language = votes.length < VOTES ? undefined : elect(votes);
  return language === undefined ? { name: 'listening', votes } : { name: 'settled', language };
}

/** What is known at the end of the job, of few windows too; undefined where nothing was found. */
export function foundLanguage(state: JobLanguage): Language | undefined {
  if (state.name === 'settled') return state.language;
  return state.name === 'listening' ? elect(state.votes) : undefined;
}

/**
 * The language with the most probability times seconds, the earlier one where two have the same. Its probability is
 * that sum over the seconds of all votes: of one vote its own, and less the more the others disagree.
 */
export function elect(votes: readonly Vote[]): Language | undefined {
  const weights = new Map<string, number>();
  let seconds = 0;
  for (const vote of votes) {
    weights.set(vote.code, (weights.get(vote.code) ?? 0) + vote.probability * vote.seconds);
    seconds += vote.seconds;
  }
  let best: { readonly code: string; readonly weight: number } | undefined;
  for (const [code, weight] of weights) {
    if (best === undefined || weight > best.weight) best = { code, weight };
  }
  if (best === undefined || !(seconds > 0)) return undefined;
  return { code: best.code, probability: Math.min(1, best.weight / seconds) };
}

/** The language of one job as it goes: what its windows are read with, and what they tell. */
export interface LanguageKeeper {
  readonly state: JobLanguage;
  /** a reading, in the order of the windows; gives its vote, where it was asked for one */
  hear(reading: WindowReading, seconds: number): Vote | undefined;
}

/** `onLanguage` is called each time that more is known; `votes` are those of windows that were read before. */
export function keepLanguage(
  asked: string | undefined,
  onLanguage: (language: Language) => void = () => undefined,
  votes: readonly Vote[] = [],
): LanguageKeeper {
  let state = startLanguage(asked, votes);
  return {
    get state() {
      return state;
    },
    hear(reading, seconds) {
      const before = state;
      state = heard(before, reading, seconds);
      const found = state === before ? undefined : foundLanguage(state);
      if (found === undefined || reading.language === undefined) return undefined;
      onLanguage(found);
      return { ...reading.language, seconds };
    },
  };
}
