/** What an operator can set about live sessions. */
import { numberFrom, type SettingValues } from './settings.ts';

const seconds = (from: number, to: number) => numberFrom({ from, to, unit: 1_000 });

export const REALTIME_SETTINGS = {
  maxSessions: {
    variable: 'ASR_MAX_SESSIONS',
    fallback: '8',
    help: 'live sessions at once; one more is refused when it connects',
    read: numberFrom({ from: 0, to: 10_000 }),
  },
  idleMs: {
    variable: 'ASR_SESSION_IDLE_SECONDS',
    fallback: '300',
    help: 'a session in which nothing was sent for so long is closed',
    read: seconds(0.1, 86_400),
  },
  maxMs: {
    variable: 'ASR_SESSION_MAX_SECONDS',
    fallback: '14400',
    help: 'longest session',
    read: seconds(0.1, 604_800),
  },
  pingMs: {
    variable: 'ASR_SESSION_PING_SECONDS',
    fallback: '20',
    help: 'time between pings; a client that has missed one is gone',
    read: seconds(0.05, 3_600),
  },
  bufferMs: {
    variable: 'ASR_SESSION_BUFFER_SECONDS',
    fallback: '60',
    help: 'sound that is taken ahead of what is read, before a client is slowed down',
    read: seconds(1, 3_600),
  },
  stallMs: {
    variable: 'ASR_SESSION_STALL_SECONDS',
    fallback: '60',
    help: 'a session that is held up for so long without getting on is closed',
    read: seconds(0.1, 3_600),
  },
  tailMs: {
    variable: 'ASR_SESSION_TAIL_SECONDS',
    fallback: '60',
    help: 'longest time in which what was said last is still read while the server stops or the session ends',
    read: seconds(0.1, 3_600),
  },
  inFlight: {
    variable: 'ASR_SESSION_WINDOWS',
    fallback: '4',
    help: 'windows that one page may have at the server at once',
    read: numberFrom({ from: 1, to: 64 }),
  },
  secretMs: {
    variable: 'ASR_CLIENT_SECRET_SECONDS',
    fallback: '600',
    help: 'how long a client secret is valid unless its request says otherwise',
    read: seconds(1, 7_200),
  },
} as const;

export type RealtimeSettings = SettingValues<typeof REALTIME_SETTINGS>;
