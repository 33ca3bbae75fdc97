import { type ErrorCode, SottoError } from '../../shared/errors.ts';

/** What a caller can put right: names the parameter, and says how in its message. Thrown by routes under /v1. */
export class ApiError extends SottoError {
  override readonly name = 'ApiError';
  /** as the caller wrote it, e.g. `timestamp_granularities[]`; null where it is not about one */
  readonly param: string | null;
  /** OpenAI's finer code, e.g. `invalid_value`; the table's own otherwise */
  readonly wireCode: string | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    { param = null, wireCode }: { readonly param?: string | null; readonly wireCode?: WireDetail } = {},
  ) {
    super(code, detail);
    this.param = param;
    this.wireCode = wireCode;
  }
}

export type WireDetail =
  | 'missing_required_parameter'
  | 'invalid_value'
  | 'unsupported_value'
  | 'method_not_allowed'
  | 'unsupported_media_type';
