import { randomBytes } from 'node:crypto';

/** As `item_3kTdlc…`: nobody can guess it, and none comes twice. */
export const newId = (kind: 'sess' | 'item'): string => `${kind}_${randomBytes(12).toString('base64url')}`;

export const eventId = (): string => `event_${randomBytes(9).toString('base64url')}`;
