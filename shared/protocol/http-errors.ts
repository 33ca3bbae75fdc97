/** How the codes of the one error table look on the wire, in OpenAI's words; both directions. */
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { ErrorType } from './http.ts';

/** By status; what is not here is `invalid_request_error` below 500 and `server_error` from there on. */
const TYPE_OF_STATUS: Readonly<Record<number, ErrorType>> = {
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** Codes that OpenAI's clients know by another name than ours. */
const WIRE_CODES: Readonly<Partial<Record<ErrorCode, string>>> = {
  model_unknown: 'model_not_found',
  model_not_found: 'model_file_missing',
  key_refused: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
  quota_used: 'insufficient_quota',
};

export interface WireShape {
  readonly status: number;
  readonly type: ErrorType;
  readonly code: string;
  /** `never`: the client is told not to send it again. `wait`: it is told when. `free`: it may decide. */
  readonly retry: 'never' | 'wait' | 'free';
}

export function wireShape(code: ErrorCode): WireShape {
  const { status, retryable }: { readonly status: number; readonly retryable: boolean } = ERRORS[code];
  return {
    status,
    type: typeOfStatus(status),
    code: WIRE_CODES[code] ?? code,
    retry: !retryable ? 'never' : status === 503 || status === 429 ? 'wait' : 'free',
  };
}

export function typeOfStatus(status: number): ErrorType {
  return TYPE_OF_STATUS[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
}

/** The table's code for one from the wire; undefined for one that is not ours. */
export function errorCodeOf(wire: string | null): ErrorCode | undefined {
  return CODES.find((code) => wireShape(code).code === wire);
}

const CODES = Object.keys(ERRORS) as ErrorCode[];
