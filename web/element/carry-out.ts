/** Everything that is needed only once somebody starts: a chunk of its own. */
import { ERRORS, SottoError, toSottoError } from '../../shared/errors.ts';
import type { Job, JobSnapshot, Source, Transcriber, TranscriberStatus } from '../client/transcriber.ts';
import { byId } from './by-id.ts';
import { type Captions, captionsFor, sourceOfMedia } from './captions.ts';
import { findField, typeAt } from './caret.ts';
import type { Asker, Desk } from './consent-desk.ts';
import { consentView } from './consent-view.ts';
import { CONSENT_WORDS } from './consent-words.ts';
import { engineOf } from './engine-of.ts';
import { downloadOf, engineTold } from './engine-told.ts';
import type { Failure, Given, Listener, Order, Outcome } from './order.ts';

/** Does what is ordered and tells of it, to its end. Never rejects; whatever it held is free again then. */
export async function carryOut(order: Order, listener: Listener): Promise<Outcome> {
  try {
    return await work(order, listener);
  } catch (thrown) {
    const { code, detail } = toSottoError(thrown);
    // Of those who make the page, for them to read.
    if (detail !== undefined) console.warn('sotto-transcriber:', code, detail);
    return { how: code === 'cancelled' ? 'aborted' : await failureOf(code, order.tag), silent: false };
  }
}

async function work(order: Order, listener: Listener): Promise<Outcome> {
  const { field, root, tag } = order;
  if (field !== undefined && findField(root, field) === undefined)
    throw new SottoError('target_missing', field);
  const { source, captions } = sourceOf(order);
  const { transcriber, giveBack, desk } = await engineOf(order);
  const told = tellOf(transcriber, listener, desk, tag);
  const unsubscribe = transcriber.subscribe(told);
  const leaveDesk = desk?.sit(askerOf(desk, order, listener));
  try {
    order.abort.throwIfAborted();
    const job = transcriber.transcribe(source, order.options);
    told(transcriber.status);
    follow(job, order, listener, captions);
    const { state, notices } = await job.ended;
    const silent = notices.some(({ kind }) => kind === 'no-speech');
    if ('error' in state) return { how: await failureOf(state.error.code, tag), silent };
    return { how: state.name === 'done' ? 'done' : 'aborted', silent };
  } finally {
    leaveDesk?.();
    unsubscribe();
    giveBack();
  }
}

/** Tells what is new only; and, of a server that could not be used, whoever made the page. */
function tellOf(
  transcriber: Transcriber,
  listener: Listener,
  desk: Desk | undefined,
  tag: Order['tag'],
): (status: TranscriberStatus) => void {
  let before = '';
  const seen = new Set(transcriber.status.changes);
  return (status) => {
    const { engine } = status;
    const told = engineTold(engine, desk?.host, CONSENT_WORDS[tag]);
    const now = JSON.stringify(told);
    if (now !== before) listener.engine(told);
    before = now;
    const download = downloadOf(engine);
    if (download) listener.fetched(download.loaded, download.total);
    for (const change of status.changes) {
      const { code, detail } = change.error;
      const isNews = !seen.has(change) && change.from === 'server' && code !== 'server_declined';
      if (isNews) console.warn(`sotto-transcriber: ${desk?.host}`, code, detail ?? '');
      seen.add(change);
    }
  };
}

/** The page may answer instead of the element; what it was not told to do, the element does. */
const askerOf = (desk: Desk, { element, tag }: Order, listener: Listener): Asker => ({
  ask(answer) {
    if (listener.consent(desk.host, answer) && desk.leave.asking) {
      listener.asks(consentView(element, desk.host, CONSENT_WORDS[tag], answer));
    }
  },
  stop: () => listener.asks(undefined),
});

function follow(job: Job, order: Order, listener: Listener, captions: Captions | undefined): void {
  order.stop.addEventListener('abort', () => job.stop(), { once: true });
  order.abort.addEventListener('abort', () => job.cancel(), { once: true });
  if (order.stop.aborted) job.stop();
  let told = 0;
  let before: JobSnapshot['state']['name'] | undefined;
  const changed = (snapshot: JobSnapshot): void => {
    const { state, segments } = snapshot;
    if (state.name === 'listening' && before !== 'listening') captions?.clockStarts();
    before = state.name;
    for (const segment of segments.slice(told)) {
      captions?.add(segment);
      listener.said(segment, type(order, segment.text));
    }
    told = segments.length;
    listener.changed(snapshot);
  };
  job.subscribe(changed);
  changed(job.snapshot);
}

/** True where it stands where it should: in the field, or nowhere else than in the element. */
function type({ field, root }: Order, text: string): boolean {
  if (field === undefined) return true;
  const target = findField(root, field);
  return target !== undefined && typeAt(target, text);
}

interface Sound {
  readonly source: Source;
  readonly captions?: Captions;
}

function sourceOf({ wanted, root }: Order): Sound {
  switch (wanted.name) {
    case 'microphone':
      return { source: { kind: 'live', name: 'dictation' } };
    case 'given':
      return { source: sourceOfGiven(wanted.given) };
    case 'captions': {
      const media = byId(root, wanted.media);
      if (!(media instanceof HTMLMediaElement)) throw new SottoError('target_missing', wanted.media);
      const source = sourceOfMedia(media);
      if (source === undefined) throw new SottoError('media_empty');
      return { source, captions: captionsFor(media, wanted.label, wanted.language) };
    }
  }
}

function sourceOfGiven(given: Given): Source {
  if (given instanceof Blob) {
    return { kind: 'file', file: given, name: given instanceof File ? given.name : 'recording' };
  }
  if (given instanceof MediaStream) return { kind: 'live', stream: given, name: 'stream' };
  return { kind: 'url', url: new URL(given, document.baseURI).href, name: 'address' };
}

async function failureOf(code: Failure['code'], tag: Order['tag']): Promise<Failure> {
  const [message, next] =
    tag === 'en'
      ? [ERRORS[code].message, ERRORS[code].next]
      : (await import('../locales/zh-Hans-errors.ts')).errors[code];
  return { code, message, next: code === 'server_declined' ? CONSENT_WORDS[tag].declined : next };
}
