/** What became of one request, judged by what it should have been. Pure. */
import { type ErrorCode, toSottoError } from '../../shared/errors.ts';
import { errorCodeOf } from '../../shared/protocol/http-errors.ts';

/** What a server said in the end. */
export type Said =
  | { readonly name: 'text'; readonly segments: readonly string[]; readonly warnings: readonly string[] }
  | {
      readonly name: 'error';
      readonly status: number;
      readonly code: string | null;
      readonly retryMs: number;
    }
  /** no answer within the bound */
  | { readonly name: 'nothing' }
  /** the connection broke off, or the answer was none that we know */
  | { readonly name: 'broken'; readonly why: string };

export type Outcome =
  | { readonly name: 'right' }
  /** a status that says what happened and whether to come again */
  | { readonly name: 'defined'; readonly code: string }
  | { readonly name: 'lost'; readonly why: string }
  | { readonly name: 'doubled'; readonly why: string }
  | { readonly name: 'hung' };

/** Ends that a server under fire may give. Others, `internal` among them, are a loss. */
const DEFINED: ReadonlySet<ErrorCode> = new Set([
  'queue_full',
  'queue_timeout',
  'engine_exited',
  'engine_timeout',
  'poison',
  'decoder_failed',
]);

export function judge(said: Said, expected: readonly string[]): Outcome {
  switch (said.name) {
    case 'nothing':
      return { name: 'hung' };
    case 'broken':
      return { name: 'lost', why: said.why };
    case 'error': {
      const code = errorCodeOf(said.code);
      if (code !== undefined && DEFINED.has(code)) return { name: 'defined', code };
      return { name: 'lost', why: `status ${said.status}, ${said.code}` };
    }
    case 'text':
      return judgeText(said.segments, said.warnings, expected);
  }
}

function judgeText(
  segments: readonly string[],
  warnings: readonly string[],
  expected: readonly string[],
): Outcome {
  const twice = segments.find((text) => count(segments, text) > Math.max(1, count(expected, text)));
  if (twice !== undefined) return { name: 'doubled', why: `"${twice}" was said twice` };
  if (segments.join(' ') === expected.join(' ')) return { name: 'right' };
  // It is said in the answer that a stretch was left out, and the rest is as it should be.
  const [warning] = warnings;
  if (warning !== undefined && segments.every((text) => expected.includes(text))) {
    return { name: 'defined', code: `left out: ${warning}` };
  }
  return { name: 'lost', why: `"${segments.join(' ')}" instead of "${expected.join(' ')}"` };
}

const count = (texts: readonly string[], text: string): number =>
  texts.filter((each) => each === text).length;

/** What a client got instead of an answer. */
export function saidOfFailure(thrown: unknown): Said {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return { name: 'nothing' };
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? `: ${thrown.cause.message}` : '';
  return { name: 'broken', why: `${toSottoError(thrown).message}${cause}` };
}
