/**
 * `node --import tsx test/bench/long-file.ts [hours]`: a long recording through the decoder process, its memory
 * sampled on the way. One JSON object on stdout.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createDecoderHost } from '../../server/media/decoder-host.ts';
import { processUse } from '../../server/media/process-use.ts';
import { SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { loadFixture } from '../support/pcm.ts';
import { VAD_PATH } from '../support/service.ts';

const RATE = 16_000;
const hours = Number(process.argv[2] ?? 3);
const folder = await mkdtemp(join(tmpdir(), 'sotto-long-'));
const path = join(folder, 'long.wav');
const speech = await loadFixture('long-3min.flac');

const piece = Buffer.alloc(speech.length * 2);
for (const [index, sample] of speech.entries()) {
  piece.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), index * 2);
}
const copies = Math.ceil((hours * 3_600 * RATE) / speech.length);
await pipeline(async function* wav() {
  const header = Buffer.alloc(44);
  const bytes = copies * piece.length;
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  yield header;
  for (let copy = 0; copy < copies; copy++) yield piece;
}, createWriteStream(path));

const host = createDecoderHost({ vad: VAD_PATH });
const samples: { seconds: number; child: number; parent: number }[] = [];
const began = performance.now();
let windows = 0;
try {
  const decoding = host.decode({
    path,
    plan: SENTENCE_PLAN,
    maxSeconds: Number.POSITIVE_INFINITY,
    ahead: () => 2,
    signal: new AbortController().signal,
  });
  const [pid] = host.pids();
  for await (const _ of decoding.windows) {
    windows += 1;
    if (windows % 100 !== 0) continue;
    const { residentMb = 0 } = await processUse(host.pids()[0] ?? pid ?? 0);
    samples.push({
      seconds: decoding.seconds,
      child: residentMb,
      parent: process.memoryUsage.rss() / 2 ** 20,
    });
    process.stderr.write(`${Math.round(decoding.seconds)} s, ${Math.round(residentMb)} MB\n`);
  }
  const half = samples.slice(Math.floor(samples.length / 2));
  const highest = (of: 'child' | 'parent', list = samples) =>
    Math.round(Math.max(...list.map((one) => one[of])));
  const early = samples.slice(0, Math.max(1, Math.floor(samples.length / 10)));
  console.log(
    JSON.stringify({
      hours: decoding.seconds / 3_600,
      windows,
      seconds: Math.round((performance.now() - began) / 1000),
      decoder_mb_first_tenth: highest('child', early),
      decoder_mb_second_half: highest('child', half),
      parent_mb_first_tenth: highest('parent', early),
      parent_mb_second_half: highest('parent', half),
      restarts: host.restarts,
    }),
  );
} finally {
  await host.close();
  await rm(folder, { recursive: true });
}
