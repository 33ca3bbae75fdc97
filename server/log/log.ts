/** The server's log: JSON lines, one a job. Never audio, text, keys, query strings or the names of files. */
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';

/** `to`: stdout unless given. */
export function createLog(level: LevelWithSilent, to?: DestinationStream): Logger {
  const options = {
    level,
    // Of requests that libraries write down whole (@fastify/multipart, at trace).
    redact: { paths: ['headers', '*.headers', '*.*.headers'], remove: true },
    // A key may be in a header, what a person typed in a query.
    serializers: { req: requestLine, err: errorLine, error: errorLine },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

function requestLine({ method, url }: { readonly method: string; readonly url: string }) {
  return { method, path: url.split('?')[0] };
}

/** Not all of its properties: some hold the request, others what the caller wrote. */
function errorLine(error: { readonly code?: unknown; readonly message?: unknown; readonly stack?: unknown }) {
  return { code: error.code, message: error.message, stack: error.stack };
}
