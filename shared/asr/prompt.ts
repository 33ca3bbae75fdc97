/**
 * What the decoder is given before it writes: text that came before, the start with language and task, and the tokens
 * that the text must begin with. `DecodingTask._get_initial_tokens` of OpenAI's whisper/decoding.py, and the prompts
 * of its transcribe.py.
 */
import type { EngineWindow, ReadOptions } from './engine.ts';
import type { TokenizerPort } from './sessions.ts';
import { promptOf, type WhisperConfig } from './whisper-config.ts';

/** The tokens before a row's text. */
export interface RowPrompt {
  readonly prompt: readonly number[];
  /** place of <|startoftranscript|> in it */
  readonly start: number;
}

/** `<|startofprev|>`, if there is text that came before, and the start of a text in `language`. */
export function rowPrompt(
  before: readonly number[],
  config: WhisperConfig,
  { task }: ReadOptions,
  language: string,
): RowPrompt {
  return { prompt: [...before, ...promptOf(config, task, language)], start: before.length };
}

/**
 * `<|startofprev|>` and the last tokens of prompt and previous text, as many as the reference keeps: half of the
 * decoder's positions but one. Empty where there is neither, or the model has no such token.
 */
export function previousTokens(
  { before }: Pick<EngineWindow, 'before'>,
  { prompt }: Pick<ReadOptions, 'prompt'>,
  tokenizer: TokenizerPort,
  config: WhisperConfig,
): number[] {
  const { previous, rules } = config;
  const startOfPrevious = tokenizer.idOf('<|startofprev|>');
  if (startOfPrevious === undefined || previous <= 0) return [];
  const tokens = [prompt, before].flatMap((text) => textTokens(text, tokenizer, rules.end));
  return tokens.length === 0 ? [] : [startOfPrevious, ...tokens.slice(-previous)];
}

/** As text is written in a transcript, after a space. What looks like a special token in it is left out. */
function textTokens(text: string | undefined, tokenizer: TokenizerPort, end: number): number[] {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return [];
  return tokenizer.encode(` ${trimmed}`).filter((token) => token < end);
}
