import { type ErrorCode, SottoError } from '../../shared/errors.ts';

export interface ApiErrorMore {
  /** as the caller wrote it, e.g. `timestamp_granularities[]`; null where it is not about one */
  readonly param?: string | null;
  /** OpenAI's finer code; the table's own otherwise */
  readonly wireCode?: WireCode;
  /** finer than the table's, with the same meaning for the client */
  readonly status?: 404 | 405 | 410 | 415;
  /** when it can work, in milliseconds from now, where that is known better than from the queue */
  readonly retryMs?: number;
}

export type WireCode =
  | 'missing_required_parameter'
  | 'invalid_value'
  | 'unsupported_value'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'input_audio_buffer_commit_empty';

/** What a caller can put right: names the parameter, and says how in its message. Thrown by routes under /v1. */
export class ApiError extends SottoError {
  override readonly name = 'ApiError';
  readonly more: ApiErrorMore;

  constructor(code: ErrorCode, detail: string, more: ApiErrorMore = {}) {
    super(code, detail);
    this.more = more;
  }
}
