/** A client's frames become events, or say what is wrong with them. */
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { ERRORS, type SottoError } from '../../shared/errors.ts';
import { wireShape } from '../../shared/protocol/http-errors.ts';
import { CLIENT_EVENTS, type ClientEvent } from '../../shared/protocol/realtime.ts';
import { ApiError } from '../http/api-error.ts';

const validators = new Map<string, Validator>(
  Object.entries(CLIENT_EVENTS).map(([type, schema]) => [type, Compile(schema as TSchema)]),
);

/** What an event that cannot be read still says of itself. */
export interface EventFailure {
  readonly error: ApiError;
  readonly eventId: string | null;
}

export function readEvent(data: Buffer, isBinary: boolean): ClientEvent | EventFailure {
  let value: unknown;
  try {
    if (isBinary) throw new SyntaxError('binary');
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return wrong('an event is a text frame with JSON', null, null);
  }
  const eventId = text(value, 'event_id');
  const type = text(value, 'type');
  const validator = validators.get(type ?? '');
  if (validator === undefined) {
    return wrong(`type must be one of ${Object.keys(CLIENT_EVENTS).join(', ')}`, 'type', eventId);
  }
  if (validator.Check(value)) return value as ClientEvent;
  const [first] = validator.Errors(value);
  const param = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') || null;
  return wrong(`${param ?? 'the event'} ${first?.message ?? 'is not as in the protocol'}`, param, eventId);
}

const wrong = (detail: string, param: string | null, eventId: string | null): EventFailure => ({
  error: new ApiError('bad_request', detail, { param, wireCode: 'invalid_value' }),
  eventId,
});

function text(value: unknown, name: 'type' | 'event_id'): string | null {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null;
  return typeof found === 'string' ? found.slice(0, 512) : null;
}

/** As the protocol writes an error. */
export function failureOf(error: SottoError): {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
} {
  const { type, code, status } = wireShape(error.code);
  const { message, next } = ERRORS[error.code];
  const more = error instanceof ApiError ? error.more : {};
  return {
    type,
    code: more.wireCode ?? code,
    // Details of our own failures may name paths.
    message: `${status < 500 ? error.message : message} ${next}`,
    param: more.param ?? null,
  };
}
