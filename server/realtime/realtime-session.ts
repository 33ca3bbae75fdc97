/** One Realtime transcription session: the client's events in, the server's out. Knows neither sockets nor HTTP. */

import { fromPcm16 } from '../../shared/audio/pcm16.ts';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { keepLanguage, languageFor } from '../../shared/pipeline/job-language.ts';
import type { ClientEvent, ServerEvent } from '../../shared/protocol/realtime.ts';
import { ApiError } from '../http/api-error.ts';
import type { ModelChoice } from '../http/models.ts';
import type { EarHost } from '../media/ear-host.ts';
import type { ServiceSession } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { failureOf, readEvent } from './client-events.ts';
import { eventId, newId } from './ids.ts';
import { type Buffered, createBuffered } from './input-buffer.ts';
import { changeConfig, describeSession, earSetup, modernise, type SessionConfig } from './session-config.ts';
import { createTurns } from './turns.ts';

export interface RealtimeSessionParts {
  /** the place that was taken when it connected */
  readonly session: ServiceSession;
  /** another place instead of that one, given back just before */
  readonly reopen: (model: string) => ServiceSession;
  readonly ears: EarHost;
  readonly config: SessionConfig;
  readonly choice: () => ModelChoice;
  readonly settings: Pick<RealtimeSettings, 'bufferMs' | 'stallMs' | 'tailMs' | 'maxMs'>;
  readonly send: (event: object) => void;
  /** the client is to be slowed down, or need not be any more */
  readonly hold: (held: boolean) => void;
  /** it cannot go on */
  readonly end: (error: SottoError) => void;
}

export interface RealtimeSession {
  receive(data: Buffer, isBinary: boolean): void;
  tell(error: SottoError, eventId?: string | null): void;
  /** No more will come: what was said is read; resolves when it is told, or too late for it. */
  finish(): Promise<void>;
  close(): void;
}

const PREFIX = 'conversation.item.input_audio_transcription';
const STATUS_MS = 1_000;
const WATCH_MS = 100;
const NAMING_MS = 1_000;

export function createRealtimeSession(parts: RealtimeSessionParts): RealtimeSession {
  const { settings } = parts;
  let { config, session } = parts;
  const id = newId('sess');
  const expiresAt = Math.floor((Date.now() + settings.maxMs) / 1_000);
  let language = keepLanguage(config.language);
  let readSeconds = 0;
  let ready = false;
  let sound: 'none' | 'some' = 'none';
  let held = false;
  /** when the backlog last became smaller while held */
  let movedAt = 0;
  let least = 0;

  const send = (event: ServerEvent): void => parts.send({ ...event, event_id: eventId() });
  const tell = (error: SottoError, of: string | null = null): void =>
    send({ type: 'error', error: { ...failureOf(error), event_id: of } });

  const turns = createTurns({
    async read(window, kind, prefix) {
      const seconds = window.end - window.start;
      if (kind === 'final') readSeconds += seconds;
      try {
        const reading = await session.read({
          window: {
            samples: window.samples,
            ...(window.speechSeconds === undefined ? {} : { speechSeconds: window.speechSeconds }),
            ...(prefix.length === 0 ? {} : { prefix }),
          },
          options: {
            task: 'transcribe',
            effort: kind === 'partial' ? 'draft' : 'full',
            ...languageOption(languageFor(language.state)),
            ...(config.prompt === '' ? {} : { prompt: config.prompt }),
          },
          kind: { name: kind, key: String(window.index) },
        });
        if (kind === 'final' && reading !== undefined) language.hear(reading, seconds);
        return reading;
      } finally {
        if (kind === 'final') readSeconds -= seconds;
      }
    },
    onDelta: (item, delta) => send({ type: `${PREFIX}.delta`, item_id: item, content_index: 0, delta }),
    onTentative(item, text) {
      if (config.tentative) send({ type: 'sotto.tentative', item_id: item, content_index: 0, text });
    },
    onCompleted(item, transcript, seconds) {
      const usage = { type: 'duration', seconds: Math.round(seconds * 1_000) / 1_000 } as const;
      send({ type: `${PREFIX}.completed`, item_id: item, content_index: 0, transcript, usage });
    },
    onFailed: (item, error) =>
      send({ type: `${PREFIX}.failed`, item_id: item, content_index: 0, error: failureOf(error) }),
  });

  const buffered: Buffered = createBuffered({
    ears: parts.ears,
    setup: () => earSetup(config),
    byHand: () => config.vad === undefined,
    turns,
    send,
    onFailed: (error) => parts.end(error),
  });

  function handle(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        update(changeConfig(config, event.session, parts.choice()));
        send({ type: 'session.updated', session: describeSession(config, id, expiresAt) });
        return;
      case 'transcription_session.update':
        update(changeConfig(config, modernise(event.session), parts.choice()));
        send({ type: 'transcription_session.updated', session: describeSession(config, id, expiresAt) });
        return;
      case 'input_audio_buffer.append': {
        const bytes = Buffer.from(event.audio, 'base64');
        if (bytes.length % 2 === 1) throw badAudio('half a sample');
        sound = 'some';
        buffered.append(fromPcm16(bytes));
        return void watch();
      }
      case 'input_audio_buffer.commit':
        return void buffered.commit();
      case 'input_audio_buffer.clear':
        return void buffered.clear();
    }
  }

  function update(next: SessionConfig): void {
    const before = config;
    if (next.model.id !== before.model.id) moveTo(next.model.id);
    config = next;
    if (next.language !== before.language) language = keepLanguage(next.language);
    if (JSON.stringify(earSetup(next)) !== JSON.stringify(earSetup(before)) || !next.vad !== !before.vad) {
      buffered.change();
    }
  }

  function moveTo(model: string): void {
    if (sound === 'some') {
      throw new ApiError('bad_request', 'a session that has sound keeps its model', {
        param: 'session.audio.input.transcription.model',
        wireCode: 'unsupported_value',
      });
    }
    session.leave();
    try {
      session = parts.reopen(model);
    } catch (thrown) {
      parts.end(toSottoError(thrown));
      throw thrown;
    }
  }

  function waitFor(opened: ServiceSession): void {
    clearTimeout(naming);
    if (opened === waitedFor) return;
    waitedFor = opened;
    ready = false;
    opened.ready().then(
      () => {
        if (opened === session) ready = true;
      },
      (thrown: unknown) => {
        if (opened === session) parts.end(toSottoError(thrown));
      },
    );
  }

  const backlog = (): number => (buffered.behindSeconds + readSeconds) * 1_000;

  /** Sound that is not read yet is bounded: the client is slowed, told, and at last let go. */
  function watch(): void {
    const now = backlog();
    if (!held && now > settings.bufferMs) {
      held = true;
      movedAt = performance.now();
      least = now;
      parts.hold(true);
      tell(new SottoError('too_fast', `${Math.round(now / 1_000)} s ahead`));
    } else if (held && now < settings.bufferMs / 2) {
      held = false;
      parts.hold(false);
    } else if (held) {
      if (now < least - 1) {
        least = now;
        movedAt = performance.now();
      }
      if (performance.now() - movedAt > settings.stallMs)
        parts.end(new SottoError('too_fast', 'it does not get on'));
    }
  }

  function status(): void {
    if (!config.queueStatus || (ready && turns.pending === 0)) return;
    const { position, etaMs } = session.place;
    send({ type: 'queue_status', pending: turns.pending, position, eta_ms: etaMs ?? null });
  }

  let waitedFor: ServiceSession | undefined;
  // Of several models the first need not be loaded for a client that is about to name another one.
  const many = parts.choice().models.length > 1;
  const naming = many ? setTimeout(() => waitFor(session), NAMING_MS) : undefined;
  if (!many) waitFor(session);
  const watching = setInterval(watch, WATCH_MS);
  const telling = setInterval(status, STATUS_MS);
  send({ type: 'session.created', session: describeSession(config, id, expiresAt) });

  return {
    receive(data, isBinary) {
      const event = readEvent(data, isBinary);
      if ('error' in event) return tell(event.error, event.eventId);
      try {
        handle(event);
        waitFor(session);
      } catch (thrown) {
        tell(toSottoError(thrown), event.event_id ?? null);
      }
    },
    tell,
    async finish() {
      let stop: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        stop = setTimeout(resolve, settings.tailMs);
      });
      await Promise.race([buffered.finish().then(() => turns.settled()), late]);
      clearTimeout(stop);
    },
    close() {
      clearTimeout(naming);
      clearInterval(watching);
      clearInterval(telling);
      turns.close();
      buffered.close();
      session.leave();
    },
  };
}

const badAudio = (detail: string): ApiError =>
  new ApiError('bad_request', detail, { param: 'audio', wireCode: 'invalid_value' });

const languageOption = (language: string | undefined) => (language === undefined ? {} : { language });
