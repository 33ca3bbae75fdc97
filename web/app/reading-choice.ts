/** How what is given next is to be read: what the person chose, and what of it the model in use can do. */
import type { TranscribeOptions } from '../client/transcriber.ts';
import type { ModelChoice } from './model-choice.ts';
import { recall, remember } from './preferences.ts';

/** The choice that leaves the language to the model. */
export const AUTO = 'auto';

export interface ReadingChoice {
  /** ISO 639-1, or `auto` */
  readonly spoken: string;
  /** write English, whatever is spoken */
  readonly translate: boolean;
  /** words and names likely to be said, as they were typed: one a line, or between commas */
  readonly terms: string;
  /** what is probably not speech */
  readonly doubtful: 'left-out' | 'kept';
}

export const NOTHING_CHOSEN: ReadingChoice = {
  spoken: AUTO,
  translate: false,
  terms: '',
  doubtful: 'left-out',
};

export function recallReading(): ReadingChoice {
  return {
    spoken: recall('spoken') ?? NOTHING_CHOSEN.spoken,
    translate: recall('translate') === 'yes',
    terms: recall('terms') ?? NOTHING_CHOSEN.terms,
    doubtful: recall('doubtful') === 'kept' ? 'kept' : 'left-out',
  };
}

export function rememberReading({ spoken, translate, terms, doubtful }: ReadingChoice): void {
  remember('spoken', spoken);
  remember('translate', translate ? 'yes' : 'no');
  remember('terms', terms);
  remember('doubtful', doubtful);
}

/** What the model knows of what was chosen: a language it does not know is left for it to find out. */
export function spokenFor(model: Pick<ModelChoice, 'languages'>, chosen: string): string {
  const [only, ...others] = model.languages;
  if (only !== undefined && others.length === 0) return only;
  return model.languages.includes(chosen) ? chosen : AUTO;
}

export function optionsOf(
  choice: ReadingChoice,
  model: Pick<ModelChoice, 'languages' | 'translates'>,
): TranscribeOptions {
  const terms = termsOf(choice.terms);
  return {
    language: spokenFor(model, choice.spoken),
    task: choice.translate && model.translates ? 'translate' : 'transcribe',
    ...(terms.length === 0 ? {} : { terms }),
    ...(choice.doubtful === 'kept' ? { doubtful: 'kept' } : {}),
    // What is read may be opened in the editor, which lights words and marks doubted ones: 2 % of a window's time.
    times: 'word',
  };
}

export const MOST_TERMS = 100;
const LONGEST_TERM = 60;

/** The terms in a text, each once, in order. */
export function termsOf(text: string): string[] {
  const typed = text.split(/[\n,;，、；]/).map((term) => term.trim().replace(/\s+/g, ' '));
  return [...new Set(typed)]
    .filter((term) => term !== '' && term.length <= LONGEST_TERM)
    .slice(0, MOST_TERMS);
}
