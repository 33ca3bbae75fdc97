import { msg } from '@lit/localize';
import { ERRORS, type ErrorCode } from '../../../shared/errors.ts';

export interface ErrorWords {
  /** what happened */
  readonly message: string;
  /** what is safe and what to do next */
  readonly next: string;
}

export function errorWords(code: ErrorCode): ErrorWords {
  const { message, next } = ERRORS[code];
  return {
    message: msg(message, { id: messageId(code) }),
    next: msg(next, { id: nextId(code) }),
  };
}

export const messageId = (code: ErrorCode) => `error.${code}.message`;
export const nextId = (code: ErrorCode) => `error.${code}.next`;
