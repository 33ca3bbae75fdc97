/** What makes a request the same request. */
import { createHash } from 'node:crypto';
import type { JobSource, JobSpec } from './port.ts';

/** Of the content and all that was asked for. */
export function fingerprintOf({ model, options, answer, webhook }: JobSpec, source: JobSource): string {
  const content = source.kind === 'file' ? source.sha256 : source.url;
  const asked = JSON.stringify([source.kind, content, model, options, answer, webhook ?? null]);
  return createHash('sha256').update(asked).digest('base64url');
}
