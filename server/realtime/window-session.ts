/** One page's windows: frames in, readings out in the order of the windows. Knows neither sockets nor HTTP. */

import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EngineInfo, ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { fromPcm16 } from '../../shared/audio/pcm16.ts';
import { type ErrorWire, toSottoError, toWire } from '../../shared/errors.ts';
import {
  ClientMessage,
  type ClientWindow,
  type ServerMessage,
} from '../../shared/protocol/window-session.ts';
import type { ServiceSession, SessionOptions } from '../service/port.ts';

type Header = Static<typeof ClientWindow>;

export interface WindowSessionParts {
  /** the place that was taken when it connected */
  readonly first: ServiceSession;
  /** another place instead of the first one, given back just before */
  readonly reopen: (options: Omit<SessionOptions, 'signal'>) => ServiceSession;
  readonly inFlight: number;
  readonly send: (message: ServerMessage) => void;
  readonly end: (error: ErrorWire, code?: number) => void;
}

export interface WindowSession {
  receive(data: Buffer, isBinary: boolean): void;
  close(): void;
}

type Phase =
  | { readonly name: 'new' }
  | { readonly name: 'waiting'; readonly session: ServiceSession }
  | { readonly name: 'ready'; readonly session: ServiceSession; readonly info: EngineInfo }
  | { readonly name: 'over' };

const message = Compile(ClientMessage);
/** Answers that are kept for windows that are asked for again; as many ids as that may be in doubt. */
const REMEMBERED = 64;
const STATUS_MS = 1_000;

export function createWindowSession(parts: WindowSessionParts): WindowSession {
  const { send, end, inFlight } = parts;
  let phase: Phase = { name: 'new' };
  let header: Header | undefined;
  let ticking: NodeJS.Timeout | undefined;
  const running = new Map<number, AbortController>();
  const answered = new Map<number, ServerMessage>();
  let order: Promise<unknown> = Promise.resolve();

  const refuse = (detail: string): void => end({ code: 'bad_request', detail });

  function hello({ model, priority }: { model: string; priority: 'live' | 'file' }): void {
    if (phase.name !== 'new') return void refuse('hello comes once');
    let session: ServiceSession;
    try {
      parts.first.leave();
      session = parts.reopen({ model, priority });
    } catch (thrown) {
      return void end(toWire(thrown));
    }
    phase = { name: 'waiting', session };
    const tell = () => {
      const { position, etaMs } = session.place;
      send({ type: 'queue_status', position, eta_ms: etaMs });
    };
    // Said only where there is something to wait for.
    const soon = setTimeout(tell, 50);
    ticking = setInterval(tell, STATUS_MS);
    session.ready().then(
      (info) => {
        clearTimeout(soon);
        clearInterval(ticking);
        if (phase.name !== 'waiting') return;
        phase = { name: 'ready', session, info };
        send({ type: 'ready', info, in_flight: inFlight });
      },
      (thrown: unknown) => {
        clearTimeout(soon);
        clearInterval(ticking);
        end(toWire(thrown));
      },
    );
  }

  function text(data: Buffer): void {
    if (header !== undefined) return void refuse('the samples of a window come right after it');
    let value: unknown;
    try {
      value = JSON.parse(data.toString('utf8'));
    } catch {
      return void refuse('a text frame is JSON');
    }
    if (!message.Check(value)) return void refuse(whatIsWrong(value));
    switch (value.type) {
      case 'hello':
        return void hello(value);
      case 'cancel':
        return void running.get(value.id)?.abort();
      case 'window':
        if (phase.name !== 'ready') return void refuse('a window before ready');
        header = value;
    }
  }

  function binary(data: Buffer): void {
    const asked = header;
    header = undefined;
    if (asked === undefined || phase.name !== 'ready') return void refuse('samples without a window');
    if (data.length !== asked.samples * 2)
      return void refuse(`window ${asked.id}: not as many samples as it says`);
    const { session, info } = phase;
    if (asked.samples > info.windowSeconds * 16_000) {
      return void send({
        type: 'error',
        id: asked.id,
        error: { code: 'bad_request', detail: 'longer than a window' },
      });
    }
    const before = answered.get(asked.id);
    if (before !== undefined) return void send(before);
    if (running.has(asked.id)) return;
    if (running.size >= inFlight) {
      const error: ErrorWire = { code: 'too_fast', detail: `at most ${inFlight} windows at once` };
      return void send({ type: 'error', id: asked.id, error, retry_after_ms: STATUS_MS });
    }
    read(session, asked, fromPcm16(data, asked.shift));
  }

  function read(session: ServiceSession, asked: Header, samples: Float32Array): void {
    const controller = new AbortController();
    running.set(asked.id, controller);
    const reading = answerOf(
      asked.id,
      session.read({
        window: {
          samples,
          ...(asked.before === undefined ? {} : { before: asked.before }),
          ...(asked.prefix === undefined ? {} : { prefix: asked.prefix }),
          ...(asked.speech_seconds === undefined ? {} : { speechSeconds: asked.speech_seconds }),
        },
        options: optionsOf(asked),
        kind:
          asked.kind === 'partial'
            ? { name: 'partial', key: asked.key ?? `window:${asked.id}` }
            : { name: 'final', ...(asked.key === undefined ? {} : { key: asked.key }) },
        signal: controller.signal,
      }),
    );
    order = order.then(async () => {
      const answer = await reading;
      running.delete(asked.id);
      if (phase.name === 'over') return;
      // What failed may be tried again under the same number.
      if (answer.type === 'reading') remember(asked.id, answer);
      send(answer);
    });
  }

  function remember(id: number, answer: ServerMessage): void {
    answered.set(id, answer);
    const [oldest] = answered.keys();
    if (answered.size > REMEMBERED && oldest !== undefined) answered.delete(oldest);
  }

  return {
    receive(data, isBinary) {
      if (phase.name === 'over') return;
      if (isBinary) binary(data);
      else text(data);
    },
    close() {
      if (phase.name === 'over') return;
      const session = phase.name === 'new' ? parts.first : phase.session;
      phase = { name: 'over' };
      clearInterval(ticking);
      for (const controller of running.values()) controller.abort();
      session.leave();
    },
  };
}

/** Never rejects. */
async function answerOf(id: number, reading: Promise<WindowReading | undefined>): Promise<ServerMessage> {
  try {
    return { type: 'reading', id, reading: (await reading) ?? null };
  } catch (thrown) {
    const error = toSottoError(thrown);
    return { type: 'error', id, error: toWire(error) };
  }
}

function optionsOf(asked: Header): Omit<ReadOptions, 'model'> {
  const { task, language, effort, prompt, terms, doubtful, times } = asked;
  const said = Object.entries({ language, effort, prompt, terms, doubtful, times }).filter(
    ([, value]) => value !== undefined,
  );
  return { task, ...Object.fromEntries(said) };
}

function whatIsWrong(value: unknown): string {
  const [first] = message.Errors(value);
  const at = first === undefined || first.instancePath === '' ? 'message' : first.instancePath.slice(1);
  return `${at} is not as in the protocol`;
}
