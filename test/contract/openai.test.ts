/** The unmodified `openai` client against the listening server over the fake service. */
import { InternalServerError, NotFoundError, toFile } from 'openai';
import type { TranscriptionVerbose } from 'openai/resources/audio/transcriptions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiFailure } from '../support/api-failure.ts';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { type HttpWorld, startHttp, until } from '../support/http-world.ts';

const TEXT = 'Hello from the fake. It says two sentences.';

let world: HttpWorld;
beforeAll(async () => {
  world = await startHttp();
});
afterAll(() => world.close());

const wav = (content: string | Buffer = 'RIFF…') => toFile(Buffer.from(content), 'my recording.wav');
const says = (...steps: string[]) => wav(script(...steps));
const create = async (more: object = {}, file = wav()) =>
  world.client().audio.transcriptions.create({ file: await file, model: FAKE_MODEL, ...more });

describe('formats', () => {
  it('json', async () => {
    expect(await create()).toMatchObject({ text: TEXT, usage: { type: 'duration', seconds: 2 } });
  });

  it('text, srt and vtt are plain bodies with their type', async () => {
    expect(await create({ response_format: 'text' })).toBe(`${TEXT}\n`);
    expect(await create({ response_format: 'srt' })).toMatch(/^1\n00:00:00,000 --> 00:00:01,000\nHello/);
    expect(await create({ response_format: 'vtt' })).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.000\nHello/,
    );
    const answer = await world
      .client()
      .audio.transcriptions.create({ file: await wav(), model: FAKE_MODEL, response_format: 'vtt' })
      .asResponse();
    expect(answer.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
    expect(answer.headers.get('server-timing')).toMatch(/^wait;dur=\d+, decode;dur=\d+, inference;dur=\d+$/);
  });

  it('verbose_json with segments only, unless words are asked for', async () => {
    const verbose = (await create({ response_format: 'verbose_json' })) as unknown as TranscriptionVerbose;
    expect(verbose).toMatchObject({ task: 'transcribe', language: 'english', duration: 2, text: TEXT });
    expect(verbose).not.toHaveProperty('words');
    expect(verbose.segments?.[1]).toEqual({
      id: 1,
      seek: 100,
      start: 1,
      end: 2,
      text: 'It says two sentences.',
      tokens: expect.arrayContaining([expect.any(Number)]),
      temperature: 0,
      avg_logprob: expect.any(Number),
      compression_ratio: expect.any(Number),
      no_speech_prob: expect.any(Number),
    });
  });

  it('verbose_json with words, and with both', async () => {
    const ask = async (granularities: ('word' | 'segment')[]) =>
      (await create({
        response_format: 'verbose_json',
        timestamp_granularities: granularities,
      })) as unknown as TranscriptionVerbose;
    const words = await ask(['word']);
    expect(words).not.toHaveProperty('segments');
    expect(words.words?.map(({ word }) => word).join(' ')).toBe(TEXT);
    expect(words.words?.[0]).toEqual({ word: 'Hello', start: 0, end: 0.25 });
    const both = await ask(['segment', 'word']);
    expect(both.words).toHaveLength(8);
    expect(both.segments).toHaveLength(2);
  });

  it('log probabilities of the words', async () => {
    const { logprobs } = await create({ include: ['logprobs'] });
    expect(logprobs?.map(({ token }) => token).join('')).toBe(TEXT);
    expect(logprobs?.[1]).toMatchObject({ token: ' from', logprob: Math.log(0.9) });
    expect(Buffer.from(logprobs?.[1]?.bytes ?? []).toString()).toBe(' from');
  });

  it('translations, as a model of English alone can', async () => {
    const asked = { file: await wav(), model: FAKE_MODEL, response_format: 'verbose_json' } as const;
    expect(await world.client().audio.translations.create(asked)).toMatchObject({
      task: 'translate',
      text: TEXT,
    });
  });
});

it('hands every option on', async () => {
  await create({
    language: 'English',
    prompt: 'A greeting.',
    temperature: 0.4,
    chunking_strategy: { type: 'server_vad', threshold: 0.6, silence_duration_ms: 300 },
    response_format: 'verbose_json',
    timestamp_granularities: ['word'],
  });
  expect(world.service.started.at(-1)).toMatchObject({
    model: FAKE_MODEL,
    options: { task: 'transcribe', language: 'en', prompt: 'A greeting.', temperature: 0.4, times: 'word' },
  });
  await create({ model: 'whisper-1', language: 'auto' });
  expect(world.service.started.at(-1)).toMatchObject({ model: FAKE_MODEL, options: { task: 'transcribe' } });
  expect(world.service.started.at(-1)?.options).not.toHaveProperty('language');
});

it('lists its models, and how they stand', async () => {
  const list = await world.client().models.list();
  const model = { id: FAKE_MODEL, object: 'model', created: expect.any(Number), owned_by: 'sotto' };
  expect(list.data).toEqual([{ ...model, state: 'loaded', eta_ms: 0, error: null, memory_bytes: null }]);
  world.service.breakEngine({ code: 'model_incomplete', detail: '/srv/models/x/onnx/encoder.onnx' });
  const failed = await world.client().models.retrieve(FAKE_MODEL);
  world.service.breakEngine(undefined);
  expect(failed).toMatchObject({
    state: 'failed',
    error: { code: 'model_incomplete', message: expect.stringContaining('…/encoder.onnx') },
  });
  expect(JSON.stringify(failed)).not.toContain('/srv');
  expect(await world.client().models.retrieve('whisper-1')).toMatchObject({ id: FAKE_MODEL });
  const error = await apiFailure(world.client().models.retrieve('onnx-community/nope'));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error.code).toBe('model_not_found');
});

describe('streams', () => {
  const stream = async (file: ReturnType<typeof wav>, more: object = {}) =>
    world
      .client()
      .audio.transcriptions.create({ file: await file, model: FAKE_MODEL, stream: true, ...more });

  it('gives deltas while it is read, and exactly one end', async () => {
    const deltas: string[] = [];
    const ends: string[] = [];
    for await (const event of await stream(says('say One.', 'hold', 'say Two.', 'say Three.'))) {
      if (event.type === 'transcript.text.delta') {
        deltas.push(event.delta);
        // The rest is read only now: this came before.
        world.service.release();
      } else if (event.type === 'transcript.text.done') {
        ends.push(event.text);
        expect(event.usage).toMatchObject({ type: 'duration', seconds: 3 });
      }
    }
    expect(deltas[0]).toBe('One.');
    expect(ends).toEqual(['One. Two. Three.']);
    expect(deltas.join('')).toBe('One. Two. Three.');
  });

  it('carries log probabilities', async () => {
    const tokens: string[] = [];
    for await (const event of await stream(says('say One two.', 'say Three.'), { include: ['logprobs'] })) {
      if (event.type === 'transcript.text.delta')
        tokens.push(...(event.logprobs ?? []).map((p) => p.token ?? ''));
    }
    expect(tokens).toEqual(['One', ' two.', ' Three.']);
  });

  it('fails with a status before the first word, and within the stream after it', async () => {
    const before = await apiFailure(stream(says('fail not_media')));
    expect(before.status).toBe(415);
    const texts: string[] = [];
    const after = await apiFailure(
      (async () => {
        for await (const event of await stream(says('say One.', 'fail engine_exited'))) {
          if (event.type === 'transcript.text.delta') texts.push(event.delta);
        }
      })(),
    );
    expect(texts).toEqual(['One.']);
    expect(after.code).toBe('engine_exited');
    expect(after.type).toBe('server_error');
  });

  it('stops the reading when the client stops listening', async () => {
    const fresh = await startHttp();
    const asked = { file: await says('say One.', 'hold'), model: FAKE_MODEL, stream: true } as const;
    const events = await fresh.client().audio.transcriptions.create(asked);
    for await (const event of events) {
      if (event.type === 'transcript.text.delta') break;
    }
    events.controller.abort();
    await until(() => fresh.service.status().admission.cancelled === 1);
    expect(fresh.service.status().admission).toMatchObject({ active: 0, waiting: 0 });
    await until(async () => (await fresh.spooled()).length === 0);
    await fresh.close();
  });
});

describe('errors', () => {
  it.each<[more: object, param: string]>([
    [{ response_format: 'yaml' }, 'response_format'],
    [{ temperature: 3 }, 'temperature'],
    [{ language: 'klingon' }, 'language'],
    [{ language: 'de' }, 'language'],
    [{ timestamp_granularities: ['word'] }, 'timestamp_granularities[]'],
    [{ timestamp_granularities: ['letter'], response_format: 'verbose_json' }, 'timestamp_granularities[]'],
    [{ include: ['thoughts'] }, 'include[]'],
    [{ include: ['logprobs'], response_format: 'text' }, 'include[]'],
    [{ chunking_strategy: 'never' }, 'chunking_strategy'],
    [{ chunking_strategy: { type: 'server_vad', threshold: 7 } }, 'chunking_strategy'],
    [{ stream: true, response_format: 'srt' }, 'stream'],
    [{ model: '' }, 'model'],
  ])('%j is a 400 that names %s', async (more, param) => {
    const error = await apiFailure(create(more));
    expect(error).toMatchObject({ status: 400, param, type: 'invalid_request_error' });
    expect(error.headers?.get('x-should-retry')).toBe('false');
    expect(error.requestID).toMatch(/^req_/);
  });

  it('an unknown model is a 404 with the list', async () => {
    const error = await apiFailure(create({ model: 'gpt-9' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toContain(FAKE_MODEL);
  });

  it('an empty file, a broken one, one that kills engines', async () => {
    expect(await apiFailure(create({}, wav('')))).toMatchObject({
      status: 400,
      code: 'empty_file',
      param: 'file',
    });
    expect(await apiFailure(create({}, says('fail corrupt_media')))).toMatchObject({ status: 422 });
    expect(await apiFailure(create({}, says('leave-out poison')))).toMatchObject({
      status: 422,
      code: 'poison',
    });
  });

  it('says what is missing from a text', async () => {
    const answer = await create({}, says('say One.', 'leave-out poison', 'say Two.', 'damage corrupt_media'));
    expect(answer).toMatchObject({
      text: 'One. Two.',
      warnings: [
        { code: 'poison', start: 1, end: 2 },
        { code: 'corrupt_media', start: 3 },
      ],
    });
  });

  it.each<[code: string, sent: number]>([
    ['poison', 1],
    ['not_media', 1],
    ['too_long', 1],
    ['decoder_failed', 1],
    ['engine_exited', 3],
    ['out_of_memory', 3],
  ])('%s is sent %i times by a client that retries twice', async (code, sent) => {
    const before = world.service.started.length;
    const file = await says(`fail ${code}`);
    const error = await apiFailure(
      world.client({ maxRetries: 2 }).audio.transcriptions.create({ file, model: FAKE_MODEL }),
    );
    expect(error.code).toBe(code);
    expect(world.service.started.length - before).toBe(sent);
  });

  it('refuses a large body at the door, and says when to come again', async () => {
    const fresh = await startHttp({ limits: { maxWaiting: 0 } });
    const first = fresh
      .client()
      .audio.transcriptions.create({ file: await says('hold', 'say One.'), model: FAKE_MODEL });
    await until(() => fresh.service.started.length === 1);
    const large = await toFile(Buffer.alloc(5 * 2 ** 20), 'large.wav');
    const error = await apiFailure(
      fresh.client().audio.transcriptions.create({ file: large, model: FAKE_MODEL }),
    );
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'queue_full', type: 'server_error', param: null });
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(error.headers?.get('retry-after-ms'))).toBeGreaterThanOrEqual(250);
    expect(error.headers?.has('x-should-retry')).toBe(false);
    // A client that retries is served as soon as there is room.
    const second = fresh
      .client({ maxRetries: 5 })
      .audio.transcriptions.create({ file: large, model: FAKE_MODEL });
    await until(() => fresh.service.events.filter(({ type }) => type === 'refused').length === 2);
    fresh.service.release();
    expect((await first).text).toBe('One.');
    expect((await second).text).toBe(TEXT);
    await fresh.close();
  });

  it('a wait that is too long is a 503', async () => {
    const fresh = await startHttp({ limits: { maxWaitMs: 50 } });
    const held = says('hold', 'say One.');
    const first = fresh.client().audio.transcriptions.create({ file: await held, model: FAKE_MODEL });
    await until(() => fresh.service.started.length === 1);
    const error = await apiFailure(
      fresh.client().audio.transcriptions.create({ file: await wav(), model: FAKE_MODEL }),
    );
    expect(error).toMatchObject({ status: 503, code: 'queue_timeout' });
    fresh.service.release();
    await first;
    await fresh.close();
  });
});

it('leaves nothing in the spool', async () => {
  await until(async () => (await world.spooled()).length === 0);
  expect(world.service.status().admission).toMatchObject({ active: 0, waiting: 0 });
});
