/** Live sessions at once against a real server process on loopback, each in real time: nothing lost, and how late. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Message, pcm16, to24k } from '../support/live-client.ts';
import { loadFixture } from '../support/pcm.ts';
import { startServer } from '../support/server-process.ts';

export interface LiveFigures {
  readonly sessions: number;
  /** sessions that did not end well, and turns that had no `completed` */
  readonly lost: number;
  readonly latency_p50_ms: number;
  readonly latency_p95_ms: number;
  readonly latency_p99_ms: number;
  /** of the latency, until the turn's end was heard */
  readonly turn_end_p50_ms: number;
  readonly turns: number;
  readonly first_delta_p50_ms: number | null;
  readonly lanes: number;
  readonly device: string;
}

export interface LiveOptions {
  readonly sessions?: number;
  readonly progress: (text: string) => void;
}

const FIXTURES = ['us-male-two-sentences.flac'];
const CHUNK_MS = 100;
/** sound without speech, in which the VAD hears that a turn has ended */
const QUIET_SECONDS = 1.5;
const RATE = 24_000;
/** begins are spread over so long: people do not all begin at once */
const SPREAD_MS = 4_000;
const REPEATS = 3;
/** windows of several sessions read together: with one at a time 50 sessions are too many for two cores */
const LANES = process.env.ASR_LANES ?? '4';

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const DELTA = 'conversation.item.input_audio_transcription.delta';

interface Played {
  readonly latencies: readonly number[];
  readonly firstDeltas: readonly number[];
  /** until the server said that a turn has ended: the VAD's silence and what the ear is behind */
  readonly ears: readonly number[];
  readonly turns: number;
  readonly lost: number;
}

export async function measureLive({ sessions = 50, progress }: LiveOptions): Promise<LiveFigures> {
  const web = await mkdtemp(join(tmpdir(), 'sotto-bench-'));
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Sotto</title>');
  const server = startServer(['--port', '0'], {
    SOTTO_WEB: web,
    ASR_ENABLED: 'on',
    ASR_MAX_SESSIONS: String(sessions),
    ASR_SPARES: '0',
    ASR_LANES: LANES,
  });
  try {
    const url = `${await server.address}/v1/realtime?intent=transcription`;
    const speech = to24k(await loadFixture(FIXTURES[0] ?? ''));
    const loud = lastLoud(speech);
    const chunks = chunked(speech);
    progress('live: warming up');
    await play(url, chunks, loud, 1);
    progress(`live: ${sessions} sessions`);
    const all = await Promise.allSettled(
      Array.from({ length: sessions }, async (_, i) => {
        await sleep((i * SPREAD_MS) / sessions);
        return play(url, chunks, loud, REPEATS);
      }),
    );
    const played = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    for (const result of all) if (result.status === 'rejected') progress(`live: ${result.reason}`);
    const latencies = played.flatMap((each) => each.latencies).sort((a, b) => a - b);
    const deltas = played.flatMap((each) => each.firstDeltas).sort((a, b) => a - b);
    const ears = played.flatMap((each) => each.ears).sort((a, b) => a - b);
    return {
      sessions,
      lost: all.length - played.length + played.reduce((sum, { lost }) => sum + lost, 0),
      latency_p50_ms: at(latencies, 0.5),
      latency_p95_ms: at(latencies, 0.95),
      latency_p99_ms: at(latencies, 0.99),
      turn_end_p50_ms: at(ears, 0.5),
      turns: played.reduce((sum, { turns }) => sum + turns, 0),
      first_delta_p50_ms: deltas.length === 0 ? null : at(deltas, 0.5),
      lanes: Number(LANES),
      device: 'cpu',
    };
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
    await rm(web, { recursive: true });
  }
}

/** Plays the speech in real time, with a pause after each time; a turn ends at its last loud sample. */
async function play(url: string, chunks: readonly string[], loud: number, repeats: number): Promise<Played> {
  const client = await connect(url);
  const came = new Map<Message, number>();
  client.socket.on('message', () => {
    const last = client.messages.at(-1);
    if (last !== undefined) came.set(last, performance.now());
  });
  await client.next('session.created');
  const began = performance.now();
  for (let sent = 0; sent < chunks.length * repeats; sent++) {
    // A chunk is sent when its last sample would have been spoken.
    await sleep(Math.max(0, began + (sent + 1) * CHUNK_MS - performance.now()));
    client.socket.send(chunks[sent % chunks.length] ?? '');
  }
  client.socket.close();
  await client.closed;
  const stopped = client.all('input_audio_buffer.speech_stopped');
  const ends = Array.from(
    { length: repeats },
    (_, i) => began + i * chunks.length * CHUNK_MS + (loud / RATE) * 1_000,
  );
  const latencies: number[] = [];
  const firstDeltas: number[] = [];
  const ears: number[] = [];
  let lost = Math.max(0, repeats - stopped.length);
  for (const stop of stopped) {
    const { item_id, audio_end_ms } = stop;
    const done = client.messages.find((message) => message.type === COMPLETED && message.item_id === item_id);
    const time = done && came.get(done);
    if (time === undefined) {
      lost += 1;
      continue;
    }
    // The end of this turn's speech: of the last turn of a play the last loud sample, else what the VAD says.
    const said = began + Number(audio_end_ms);
    const end = ends.find((each) => Math.abs(each - said) < 400) ?? said;
    latencies.push(time - end);
    ears.push((came.get(stop) ?? time) - end);
    const started = client.messages.find(
      (message) => message.type === 'input_audio_buffer.speech_started' && message.item_id === item_id,
    );
    const delta = client.messages.find((message) => message.type === DELTA && message.item_id === item_id);
    const deltaTime = delta && came.get(delta);
    if (started !== undefined && deltaTime !== undefined) {
      firstDeltas.push(deltaTime - (began + Number(started.audio_start_ms)));
    }
  }
  return { latencies, firstDeltas, ears, turns: stopped.length, lost };
}

/** Ready to be sent, made once: a load script is not to be what is measured. With the pause after it. */
function chunked(speech: Float32Array): string[] {
  const step = (RATE * CHUNK_MS) / 1_000;
  const whole = new Float32Array(Math.ceil((speech.length + QUIET_SECONDS * RATE) / step) * step);
  whole.set(speech);
  return Array.from({ length: whole.length / step }, (_, i) => {
    const audio = pcm16(whole.subarray(i * step, (i + 1) * step)).toString('base64');
    return JSON.stringify({ type: 'input_audio_buffer.append', audio });
  });
}

/** samples up to the end of the last that is louder than -34 dB of full scale */
function lastLoud(samples: Float32Array): number {
  for (let i = samples.length - 1; i > 0; i--) if (Math.abs(samples[i] ?? 0) > 0.02) return i + 1;
  return samples.length;
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
