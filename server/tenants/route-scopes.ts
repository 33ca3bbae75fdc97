/** What a key must be good for, by the beginning of a route's pattern; any key may do what is not here. */
import type { Scope } from './port.ts';

const SCOPES_OF: readonly (readonly [route: string, scope: Scope])[] = [
  ['/v1/audio/', 'transcribe'],
  ['/v1/jobs', 'jobs'],
  ['/v1/realtime', 'live'],
  ['/v1/windows', 'live'],
  ['/v1/stats', 'metrics'],
  ['/v1/admin/', 'admin'],
  ['/metrics', 'metrics'],
  ['/health', 'metrics'],
];

/** `later`: the client asks for a job instead of its text. */
export function scopesOf(route: string, later: boolean): readonly Scope[] {
  const scopes = SCOPES_OF.filter(([start]) => route.startsWith(start)).map(([, scope]) => scope);
  return later && scopes.includes('transcribe') ? [...scopes, 'jobs'] : scopes;
}

/** Of what watches the process: it carries no key, and learns no more than whether it lives and reads. */
const PROBES: readonly string[] = ['/health/live', '/health/ready'];
const WATCHED: readonly string[] = ['/health', '/metrics'];

/** `watch`: whether the rest of what tells of the process needs a key. */
export const isOpen = (route: string, watch: 'key' | 'open'): boolean =>
  PROBES.includes(route) || (watch === 'open' && WATCHED.includes(route));
