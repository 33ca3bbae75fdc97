/**
 * What every answer carries, found or not: isolation (threads need it, also on worker scripts), a strict
 * content policy, and no more than the page's own needs.
 */
export function securityHeaders(hub: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentPolicy(hub),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'microphone=(self), display-capture=(self), camera=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

function contentPolicy(hub: string): string {
  // Any https address may be read: the person may name one, and hubs answer from delivery hosts of their own.
  const hubOrigin = new URL(hub).origin;
  const connect = [
    "'self'",
    'https:',
    'blob:',
    'data:',
    ...(hubOrigin.startsWith('https:') ? [] : [hubOrigin]),
  ];
  const directives: Readonly<Record<string, string>> = {
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'worker-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data: blob:",
    'media-src': "'self' blob:",
    'font-src': "'self'",
    'manifest-src': "'self'",
    'connect-src': connect.join(' '),
    'form-action': "'none'",
    'base-uri': "'none'",
    'frame-ancestors': "'self'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** What every answer to a program carries: nothing in it may be run or framed. */
export const apiHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
