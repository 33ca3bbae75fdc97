/** What ends an upload from outside: too many bytes, too slow, or the client gone. */
import type { IncomingMessage } from 'node:http';
import { SottoError } from '../../shared/errors.ts';

export interface BodyLimits {
  /** of the file; the form around it may have FORM_BYTES more */
  readonly maxBytes: number;
  readonly totalMs: number;
  readonly idleMs: number;
}

export interface BodyWatch {
  /** never resolves; rejects with `too_large`, `upload_timeout` or `cancelled` */
  readonly broken: Promise<never>;
  stop(): void;
}

/** For boundaries, part headers and fields. */
export const FORM_BYTES = 1 << 20;

/** Must be called in the same turn in which something starts to read the body. */
export function watchBody(body: IncomingMessage, { maxBytes, totalMs, idleMs }: BodyLimits): BodyWatch {
  const most = maxBytes + FORM_BYTES;
  let bytes = 0;
  let onData: (chunk: Buffer) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let total: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;

  const broken = new Promise<never>((_resolve, reject) => {
    const late = () => reject(new SottoError('upload_timeout'));
    onClose = () => reject(new SottoError('cancelled', 'the client went away'));
    onData = (chunk) => {
      bytes += chunk.length;
      idle?.refresh();
      if (bytes > most) reject(new SottoError('too_large', sizeLimit(maxBytes)));
    };
    if (Number(body.headers['content-length'] ?? 0) > most) {
      reject(new SottoError('too_large', sizeLimit(maxBytes)));
      return;
    }
    total = setTimeout(late, totalMs);
    idle = setTimeout(late, idleMs);
  });
  broken.catch(() => undefined);
  const closed = () => {
    if (!body.readableEnded) onClose();
  };
  body.on('data', onData).on('close', closed);

  return {
    broken,
    stop() {
      clearTimeout(total);
      clearTimeout(idle);
      body.off('data', onData).off('close', closed);
    },
  };
}

export const sizeLimit = (bytes: number): string =>
  `the limit is ${Math.round((bytes / 2 ** 20) * 10) / 10} MB`;
