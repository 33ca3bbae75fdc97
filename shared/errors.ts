/** Errors as they are thrown, as they cross a boundary, and as outcomes. What there is stands in error-table.ts. */
import { ERRORS } from './error-table.ts';

export { ERRORS };

export type ErrorCode = keyof typeof ERRORS;

/** An error as it crosses a boundary (worker, process, wire): plain data. */
export interface ErrorWire {
  readonly code: ErrorCode;
  /** For people who debug; never shown as the only message, never holds audio, text or keys. */
  readonly detail?: string;
}

export class SottoError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? ERRORS[code].message : `${ERRORS[code].message} (${detail})`, options);
    this.name = 'SottoError';
    this.code = code;
    this.detail = detail;
  }
}

/** Any thrown value as a SottoError: itself, `cancelled` for an abort, else `fallback` with its message as detail. */
export function toSottoError(thrown: unknown, fallback: ErrorCode = 'internal'): SottoError {
  if (thrown instanceof SottoError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'AbortError') return new SottoError('cancelled', undefined, { cause: thrown });
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof RangeError && /allocation|memory/i.test(detail)) {
    return new SottoError('out_of_memory', detail, { cause: thrown });
  }
  return new SottoError(fallback, detail, { cause: thrown });
}

export function toWire(thrown: unknown, fallback: ErrorCode = 'internal'): ErrorWire {
  const error = toSottoError(thrown, fallback);
  return error.detail === undefined ? { code: error.code } : { code: error.code, detail: error.detail };
}

export function fromWire(wire: ErrorWire): SottoError {
  return new SottoError(wire.code, wire.detail);
}

/** A result that survives structured clone: what comlink does to a thrown error loses its code. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorWire };

export async function settle<T>(
  work: () => Promise<T>,
  fallback: ErrorCode = 'internal',
): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, error: toWire(thrown, fallback) };
  }
}

export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw fromWire(outcome.error);
}
