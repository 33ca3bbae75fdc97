/** Everything that is needed only once somebody starts: a chunk of its own. */
import { ERRORS, SottoError, toSottoError } from '../../shared/errors.ts';
import { type Borrowed, borrow, type ShareOptions } from '../client/share.ts';
import type { Job, JobSnapshot, Source } from '../client/transcriber.ts';
import { byId } from './by-id.ts';
import { type Captions, captionsFor, sourceOfMedia } from './captions.ts';
import { findField, typeAt } from './caret.ts';
import type { Failure, Given, Listener, Order, Outcome } from './order.ts';

/** Does what is ordered and tells of it, to its end. Never rejects; whatever it held is free again then. */
export async function carryOut(order: Order, listener: Listener): Promise<Outcome> {
  try {
    return await work(order, listener);
  } catch (thrown) {
    const { code } = toSottoError(thrown);
    return { how: code === 'cancelled' ? 'aborted' : await failureOf(code, order.tag), silent: false };
  }
}

async function work(order: Order, listener: Listener): Promise<Outcome> {
  const { field, root, tag } = order;
  if (field !== undefined && findField(root, field) === undefined)
    throw new SottoError('target_missing', field);
  const { source, captions } = sourceOf(order);
  const { transcriber, giveBack } = await engineOf(order);
  const unsubscribe = transcriber.subscribe((status) => listener.engine(status));
  try {
    order.abort.throwIfAborted();
    const job = transcriber.transcribe(source, order.options);
    listener.engine(transcriber.status);
    follow(job, order, listener, captions);
    const { state, notices } = await job.ended;
    const silent = notices.some(({ kind }) => kind === 'no-speech');
    if ('error' in state) return { how: await failureOf(state.error.code, tag), silent };
    return { how: state.name === 'done' ? 'done' : 'aborted', silent };
  } finally {
    unsubscribe();
    giveBack();
  }
}

async function engineOf({ share, server }: Order): Promise<Borrowed> {
  try {
    return await borrow({ ...share, ...siteOf(server) });
  } catch (thrown) {
    throw new SottoError('engine_blocked', String(thrown), { cause: thrown });
  }
}

const siteOf = (server: string | undefined): Pick<ShareOptions, 'site'> =>
  server === undefined ? {} : { site: new URL('./', new URL(server, document.baseURI)).href };

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
      if (source === undefined) throw new SottoError('source_unreachable', 'it plays nothing yet');
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
  if (tag === 'en') return { code, message: ERRORS[code].message, next: ERRORS[code].next };
  const [message, next] = (await import('../locales/zh-Hans-errors.ts')).errors[code];
  return { code, message, next };
}
