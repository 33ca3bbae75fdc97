/**
 * From one start to its one `end`: which events, in which order. Pure but for what it remembers. The order is that of
 * the Web Speech API (https://webaudio.github.io/web-speech-api/), and Chromium's where the text leaves it open.
 */
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import { joined, spaced } from '../../shared/transcript/spacing.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobSnapshot } from '../client/transcriber.ts';
import type { SpeechRecognitionErrorCode } from './events.ts';
import { speechErrorOf } from './failures.ts';

export interface Heard {
  readonly transcript: string;
  readonly confidence: number;
  readonly isFinal: boolean;
}

export type Said =
  | { readonly type: 'start' | 'audiostart' | 'soundstart' | 'speechstart' }
  | { readonly type: 'speechend' | 'soundend' | 'audioend' | 'end' | 'nomatch' }
  | { readonly type: 'result'; readonly resultIndex: number; readonly results: readonly Heard[] }
  | { readonly type: 'error'; readonly error: SpeechRecognitionErrorCode; readonly message: string };

/** `starting` -> `hearing` -> `closing` -> `over`; from each of them `over` may come at once. */
type Phase = 'starting' | 'hearing' | 'closing' | 'over';

export interface SpeechSession {
  readonly phase: Phase;
  /** somebody has been heard */
  readonly heard: boolean;
  /** one utterance was wanted, and it is over: nothing more is to be listened to */
  readonly satisfied: boolean;
  observe(snapshot: JobSnapshot): readonly Said[];
  /** Ends it, for one of our reasons or one of the specification's. */
  fail(error: SpeechRecognitionErrorCode, message: string): readonly Said[];
  /** Nobody was heard for too long. */
  silent(): readonly Said[];
}

export interface SessionWishes {
  readonly continuous: boolean;
  readonly interimResults: boolean;
  /** what the page has asked for by now: to hear no more, or to hear of nothing more */
  readonly asked: () => 'nothing' | 'stop' | 'abort';
}

/** RMS; a quiet room is well below, a voice above. */
const SOUND = 0.02;
/** Seconds of sound after a stretch of speech until an utterance is taken for over: sentences have pauses, too. */
const PATIENCE = 0.4;

const NO_SPEECH = 'Nobody was heard. Check the microphone, then start again.';

export function createSpeechSession({ continuous, interimResults, asked }: SessionWishes): SpeechSession {
  let phase: Phase = 'starting';
  let sound: 'none' | 'begun' = 'none';
  /** seconds from the beginning, and of the end of the last stretch of speech */
  let heard = 0;
  let pausedAt = 0;
  let speech: JobSnapshot['speech'] = 'none';
  let told = 0;
  let finals: readonly Heard[] = [];
  let interim = '';

  function open({ state, speech: now, level, progress }: JobSnapshot): Said[] {
    const said: Said[] = [];
    if (phase === 'starting' && (state.name === 'listening' || state.name === 'finishing')) {
      phase = 'hearing';
      said.push({ type: 'start' }, { type: 'audiostart' });
    }
    if (phase !== 'hearing') return said;
    if (sound === 'none' && (level >= SOUND || now !== 'none')) {
      sound = 'begun';
      said.push({ type: 'soundstart' });
    }
    if (speech === 'none' && now !== 'none') said.push({ type: 'speechstart' });
    heard = progress.totalSeconds ?? heard;
    if (now === 'paused' && speech !== 'paused') pausedAt = heard;
    speech = now;
    return said;
  }

  function close(): Said[] {
    if (phase !== 'hearing') return [];
    phase = 'closing';
    return [
      ...(speech === 'none' ? [] : [{ type: 'speechend' } as const]),
      ...(sound === 'none' ? [] : [{ type: 'soundend' } as const]),
      { type: 'audioend' },
    ];
  }

  function over(...before: readonly Said[]): Said[] {
    const said = [...close(), ...before, { type: 'end' } as const];
    phase = 'over';
    return said;
  }

  const result = (resultIndex: number): Said => ({
    type: 'result',
    resultIndex,
    results: interim === '' ? finals : [...finals, { transcript: interim, confidence: 0, isFinal: false }],
  });

  /** Where each window's text is a result of its own. */
  function results({ segments, partial }: JobSnapshot): Said[] {
    const fresh = segments.slice(told);
    told = segments.length;
    const index = finals.length;
    const before = interim;
    if (fresh.length > 0) finals = [...finals, finalOf(fresh, finals)];
    interim = interimResults ? after(textsOf(finals), partial.committed + partial.tentative) : '';
    if (fresh.length > 0) return [result(index)];
    return interim === before || interim === '' ? [] : [result(index)];
  }

  /** Where all is one result, which is final when nothing follows. */
  function oneResult({ segments, partial, state }: JobSnapshot): Said[] {
    if (state.name === 'done') {
      interim = '';
      if (segments.length === 0) return [];
      finals = [finalOf(segments, [])];
      return [result(0)];
    }
    const text = joined([...segments.map(({ text }) => text), partial.committed + partial.tentative]);
    if (!interimResults || text === '' || text === interim) return [];
    interim = text;
    return [result(0)];
  }

  function ended({ state }: JobSnapshot): Said[] {
    switch (state.name) {
      case 'done':
        if (finals.length > 0) return over();
        if (speech !== 'none') return over({ type: 'nomatch' });
        // Who asked for an end gets it: that is no error.
        return asked() === 'stop' ? over() : over({ type: 'error', error: 'no-speech', message: NO_SPEECH });
      case 'failed':
      case 'refused':
        return over(errorOf(state.error.code));
      case 'cancelled':
        return asked() === 'stop' ? over() : over(errorOf('cancelled'));
      default:
        return [];
    }
  }

  function fail(error: SpeechRecognitionErrorCode, message: string): readonly Said[] {
    if (phase === 'over') return [];
    return error === 'aborted' && asked() === 'stop' ? over() : over({ type: 'error', error, message });
  }

  return {
    get phase() {
      return phase;
    },
    get heard() {
      return speech !== 'none';
    },
    get satisfied() {
      return !continuous && phase === 'hearing' && speech === 'paused' && heard - pausedAt >= PATIENCE;
    },
    observe(snapshot) {
      if (phase === 'over') return [];
      return [
        ...open(snapshot),
        ...(snapshot.state.name === 'listening' ? [] : close()),
        ...(asked() === 'abort' ? [] : continuous ? results(snapshot) : oneResult(snapshot)),
        ...ended(snapshot),
      ];
    },
    fail,
    silent: () => fail('no-speech', NO_SPEECH),
  };
}

function errorOf(code: ErrorCode): Said {
  const { message, next } = ERRORS[code];
  return { type: 'error', error: speechErrorOf(code), message: `${message} ${next}` };
}

const textsOf = (heard: readonly Heard[]): string => heard.map(({ transcript }) => transcript).join('');

const after = (before: string, text: string): string =>
  text === '' || before === '' ? text : spaced(before, text);

/** As Chromium, what follows begins with the space that stands before it, so that joining them is the text. */
function finalOf(segments: readonly Segment[], before: readonly Heard[]): Heard {
  const transcript = after(textsOf(before), joined(segments.map(({ text }) => text)));
  return { transcript, confidence: confidenceOf(segments), isFinal: true };
}

/** The geometric mean of the tokens' probabilities, by the number of tokens. */
function confidenceOf(segments: readonly Segment[]): number {
  const tokens = segments.reduce((sum, segment) => sum + segment.tokens.length + 1, 0);
  const logs = segments.reduce((sum, { avgLogprob, tokens: own }) => sum + avgLogprob * (own.length + 1), 0);
  return tokens === 0 ? 0 : Math.min(1, Math.exp(logs / tokens));
}
