import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Logger, symbols } from 'pino';
import { describe, expect, it } from 'vitest';
import { readConfig, StartError } from '../../server/config.ts';
import { ApiError } from '../../server/http/api-error.ts';
import { errorReply } from '../../server/http/error-reply.ts';
import { openSpool } from '../../server/http/spool.ts';
import { readTranscriptionFields } from '../../server/http/transcription-fields.ts';
import { languageCode, languageName } from '../../shared/asr/language-names.ts';
import { WHISPER_V3_LANGUAGES } from '../../shared/asr/whisper-languages.ts';
import { ERRORS, type ErrorCode, SottoError } from '../../shared/errors.ts';
import { logProbs } from '../../shared/formats/verbose-json.ts';
import { errorCodeOf, wireShape } from '../../shared/protocol/http-errors.ts';
import { form, startHttp } from '../support/http-world.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('errors on the wire', () => {
  it.each(CODES)('%s follows the table', (code) => {
    const { status, retryable }: { status: number; retryable: boolean } = ERRORS[code];
    const { status: sent, headers, envelope } = errorReply(new SottoError(code, 'detail'), 1500);
    expect(sent).toBe(status);
    expect(headers['x-should-retry']).toBe(retryable ? undefined : 'false');
    const waits = retryable && (status === 503 || status === 429);
    expect(headers['retry-after']).toBe(waits ? '2' : undefined);
    expect(headers['retry-after-ms']).toBe(waits ? '1500' : undefined);
    expect(Object.keys(envelope.error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(envelope.error.type === 'server_error').toBe(status >= 500);
    expect(envelope.error.message).toContain(ERRORS[code].next);
    // Where it is our fault, the detail may name paths.
    expect(envelope.error.message.includes('detail')).toBe(status < 500);
    // A client of ours finds the code again, in its own language.
    expect(errorCodeOf(envelope.error.code)).toBe(code);
  });

  it('gives every code a name of its own', () => {
    expect(new Set(CODES.map((code) => wireShape(code).code)).size).toBe(CODES.length);
    expect(wireShape('model_unknown').code).toBe('model_not_found');
  });

  it.each([
    [undefined, '1', '1000'],
    [0, '1', '250'],
    [1000.4, '2', '1001'],
    [9_000_000, '60', '60000'],
  ])('an estimate of %s ms is %s s and %s ms', (eta, seconds, ms) => {
    const { headers } = errorReply(new SottoError('queue_full'), eta);
    expect([headers['retry-after'], headers['retry-after-ms']]).toEqual([seconds, ms]);
  });
});

describe('fields', () => {
  const choice = {
    models: [
      { id: 'onnx-community/whisper-base', state: 'loaded' },
      { id: 'onnx-community/whisper-large-v3-turbo', state: 'available' },
      { id: 'onnx-community/whisper-base_timestamped', state: 'available' },
    ],
    aliases: new Map([
      ['whisper-1', undefined],
      ['large', 'onnx-community/whisper-large-v3-turbo'],
    ]),
  } as const;
  const read = (fields: Record<string, string | string[]>, task: 'transcribe' | 'translate' = 'transcribe') =>
    readTranscriptionFields(
      new Map(
        Object.entries({ model: 'whisper-1', ...fields }).map(([name, value]) => [name, [value].flat()]),
      ),
      task,
      choice,
    );

  it('chooses models by id and by alias', () => {
    expect(read({}).model).toBe('onnx-community/whisper-base');
    expect(read({ model: 'large' }).model).toBe('onnx-community/whisper-large-v3-turbo');
  });

  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['German', 'de'],
    ['pt-BR', 'pt'],
    ['zh_Hant', 'zh'],
    ['castilian', 'es'],
    ['haitian creole', 'ht'],
    [' auto ', undefined],
    ['', undefined],
  ])('reads the language %s as %s', (written, code) => {
    expect(read({ language: written }).options.language).toBe(code);
  });

  it('reads lists with and without brackets, and JSON', () => {
    const { granularities, options } = read({
      model: 'onnx-community/whisper-base_timestamped',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
      chunking_strategy: '{"type":"server_vad","threshold":0.4}',
      'terms[]': ['Sotto', '', 'Lit'],
    });
    expect(granularities).toEqual({ segment: true, word: true });
    expect(options).toMatchObject({ times: 'word', terms: ['Sotto', 'Lit'] });
  });

  it.each<[fields: Record<string, string>, task: 'transcribe' | 'translate', param: string]>([
    [{ model: 'large' }, 'translate', 'model'],
    [
      { response_format: 'verbose_json', 'timestamp_granularities[]': 'word' },
      'transcribe',
      'timestamp_granularities[]',
    ],
    [{ temperature: '0x1' }, 'transcribe', 'temperature'],
    [{ temperature: 'Infinity' }, 'transcribe', 'temperature'],
    [{ stream: 'maybe' }, 'transcribe', 'stream'],
    [{ chunking_strategy: '{"type":"server_vad","more":1}' }, 'transcribe', 'chunking_strategy'],
    [{ 'chunking_strategy[type]': 'client_vad' }, 'transcribe', 'chunking_strategy'],
  ])('refuses %j to %s, naming %s', (fields, task, param) => {
    expect(() => read(fields, task)).toThrow(ApiError);
    try {
      read(fields, task);
    } catch (error) {
      expect((error as ApiError).more.param).toBe(param);
    }
  });

  it('translates with a model that can', () => {
    expect(read({}, 'translate')).toMatchObject({ task: 'translate', options: { task: 'translate' } });
  });
});

it('names every language of Whisper, and finds each by its name', () => {
  for (const code of WHISPER_V3_LANGUAGES) {
    expect(languageName(code)).not.toBe(code);
    expect(languageCode(languageName(code))).toBe(code);
  }
});

it('joins log probabilities to the text, also of models without words', () => {
  const segment = {
    id: 0,
    start: 0,
    end: 1,
    tokens: [],
    avgLogprob: -0.5,
    noSpeechProb: 0,
    compressionRatio: 1,
  };
  const entries = logProbs([
    { ...segment, text: 'Zwölf Uhr.' },
    { ...segment, text: 'Ja.' },
  ]);
  expect(entries.map(({ token }) => token)).toEqual(['Zwölf Uhr.', ' Ja.']);
  expect(entries[0]).toMatchObject({ logprob: -0.5 });
  expect(Buffer.from(entries[0]?.bytes ?? []).toString()).toBe('Zwölf Uhr.');
});

describe('the spool', () => {
  it('is private, and knows what it holds', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'sotto-spool-'));
    const spool = await openSpool(parent);
    expect((await stat(spool.folder)).mode & 0o777).toBe(0o700);
    const file = await spool.write(Readable.from([Buffer.from('ab'), Buffer.from('c')]));
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect(await readFile(file.path, 'utf8')).toBe('abc');
    expect(file).toMatchObject({
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    await file.remove();
    await file.remove();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('gone');
      })(),
    );
    await expect(spool.write(broken)).rejects.toThrow('gone');
    expect(await readdir(spool.folder)).toEqual([]);
    await spool.close();
    expect(await readdir(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it('sweeps what processes left that are no more, and nothing else', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'sotto-spool-'));
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const left = [
      `sotto-uploads-${dead}-12345-abcdef`,
      // The same number as a living process, started at another time: a container's leftover.
      `sotto-uploads-${process.pid}-1-abcdef`,
    ];
    for (const name of [...left, 'sotto-uploads-mine', 'other']) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, 'file'), 'x');
    }
    const living = await openSpool(parent);
    const second = await openSpool(parent);
    expect((await readdir(parent)).sort()).toEqual(
      [
        'other',
        'sotto-uploads-mine',
        ...[living, second].map(({ folder }) => folder.slice(parent.length + 1)),
      ].sort(),
    );
    await rm(parent, { recursive: true });
  });
});

describe('settings', () => {
  it('have defaults', () => {
    const { http } = readConfig([], {});
    expect(http).toMatchObject({ maxUploadBytes: 200 * 2 ** 20, corsOrigins: [] });
    expect([...http.modelAliases]).toEqual([['whisper-1', undefined]]);
    expect(readConfig([], { ASR_MODEL_ALIASES: 'none' }).http.modelAliases.size).toBe(0);
  });

  it.each([
    { ASR_MAX_UPLOAD_MB: '-1' },
    { ASR_MAX_UPLOAD_MB: 'lots' },
    { ASR_UPLOAD_IDLE_MS: '0' },
    { ASR_SPOOL_DIR: '/no/such/folder' },
    { ASR_CORS_ORIGINS: 'page.example' },
    { ASR_CORS_ORIGINS: 'https://page.example/path' },
    { ASR_MODEL_ALIASES: 'a=b=c' },
  ])('refuse %j by name', (env) => {
    expect(() => readConfig([], env)).toThrow(StartError);
    expect(() => readConfig([], env)).toThrow(Object.keys(env)[0]);
  });

  it('are in the help', () => {
    expect(() => readConfig(['--what'], {})).toThrow(/ASR_MAX_UPLOAD_MB\s+largest file taken, in MB \(200\)/);
  });
});

it('logs one line a job: its waits, and nothing of what was said or sent', async () => {
  const world = await startHttp({ env: { SOTTO_LOG: 'info' } });
  const lines: string[] = [];
  Object.assign(world.app.log as Logger, {
    [symbols.streamSym]: { write: (line: string) => void lines.push(line) },
  });
  const { body, headers } = form([
    { name: 'file', value: 'RIFF secret-audio', filename: 'secret-name.wav' },
    { name: 'model', value: 'whisper-1' },
    { name: 'prompt', value: 'secret-prompt' },
  ]);
  const post = (more: Record<string, string>, bytes = body) =>
    fetch(`${world.url}/v1/audio/transcriptions?key=secret-query`, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { ...headers, authorization: 'Bearer secret-key', ...more },
    });
  expect((await post({ 'x-request-id': 'mine' })).status).toBe(200);
  expect((await post({}, body.subarray(0, 100))).status).toBe(400);
  await world.close();
  expect(lines.join('')).not.toMatch(/secret|Hello/);
  const jobs = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'job');
  expect(jobs).toHaveLength(2);
  expect(jobs[0]).toMatchObject({
    reqId: 'mine',
    task: 'transcribe',
    end: 'done',
    model: 'sotto-demo-en',
    bytes: 17,
    waitMs: expect.any(Number),
    decodeMs: 1,
    inferenceMs: 1,
    audioSeconds: 2,
  });
  expect(jobs[1]).toMatchObject({ end: 'failed', code: 'bad_request' });
  // Nothing else about these requests.
  expect(lines).toHaveLength(2 + lines.filter((line) => line.includes('listening')).length);
});
