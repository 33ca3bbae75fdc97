/** What a program does with the package: `node program.js RECORDING FOLDER`; prints one line of JSON. */
import { openAsBlob } from 'node:fs';
import Fastify from 'fastify';
import { FORMATS } from 'sotto/formats';
import { buildServer, createTranscriber, type SottoOptions, StartError, sottoPlugin } from 'sotto/server';

const [, , recording = '', folder = ''] = process.argv;
const options: SottoOptions = { asr: { device: 'cpu', threads: 1, spares: 0, engineGrowthMb: null } };

const transcriber = await createTranscriber(options);
let heard = 0;
const result = await transcriber.transcribe(recording, {
  onProgress({ doneSeconds }) {
    heard = doneSeconds;
  },
});
const missing = await transcriber.transcribe(`${recording}.missing`).catch((error: unknown) => error);
await transcriber.close();

const host = Fastify();
host.get('/', () => 'mine');
await host.register(sottoPlugin, { prefix: '/speech', ...options, jobs: { folder } });
const at = await host.listen({ host: '127.0.0.1', port: 0 });
const form = new FormData();
form.set('file', await openAsBlob(recording), 'recording.wav');
form.set('model', 'whisper-1');
const answer = await fetch(`${at}/speech/v1/audio/transcriptions`, { method: 'POST', body: form });
const said: unknown = await answer.json();
const accepted = await fetch(`${at}/speech/v1/jobs`, { method: 'POST', body: form });
const job = await fetch(new URL(accepted.headers.get('location') ?? '/', at));
const mine = await (await fetch(at)).text();
const elsewhere = (await fetch(`${at}/v1/models`)).status;
await host.close();

const wrong = await buildServer({ asr: { lanes: '4' as unknown as number } }).catch(
  (error: unknown) => error,
);
const server = await buildServer(options);
const address = await server.listen({ host: '127.0.0.1', port: 0 });
const page = await (await fetch(address)).text();
const module = await fetch(`${address}/lib/main.js`);
await server.close();

console.log(
  JSON.stringify({
    text: FORMATS.txt.write(result).trim(),
    heard,
    missing: missing instanceof Error ? missing.name : String(missing),
    said,
    job: [accepted.status, job.status],
    mine,
    elsewhere,
    wrong: wrong instanceof StartError ? wrong.message : String(wrong),
    page: page.includes('<title>Sotto'),
    module: [module.status, module.headers.get('access-control-allow-origin')],
  }),
);
