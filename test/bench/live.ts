/** Live sessions at once against a real server process on loopback, each in real time: nothing lost, and how late. */
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
  readonly turns: number;
  readonly first_delta_p50_ms: number | null;
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

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const DELTA = 'conversation.item.input_audio_transcription.delta';

interface Played {
  readonly latencies: readonly number[];
  readonly firstDeltas: readonly number[];
  readonly turns: number;
  readonly lost: number;
}

export async function measureLive({ sessions = 50, progress }: LiveOptions): Promise<LiveFigures> {
  const server = startServer(['--port', '0'], {
    ASR_ENABLED: 'on',
    ASR_MAX_SESSIONS: String(sessions),
    ASR_SPARES: '0',
    ASR_LANES: process.env.ASR_LANES ?? '1',
  });
  try {
    const url = `${await server.address}/v1/realtime?intent=transcription`;
    const speech = to24k(await loadFixture(FIXTURES[0] ?? ''));
    const loud = lastLoud(speech);
    progress('live: warming up');
    await play(url, speech, loud, 1);
    progress(`live: ${sessions} sessions`);
    const all = await Promise.allSettled(
      Array.from({ length: sessions }, async (_, i) => {
        await sleep((i * SPREAD_MS) / sessions);
        return play(url, speech, loud, REPEATS);
      }),
    );
    const played = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    for (const result of all) if (result.status === 'rejected') progress(`live: ${result.reason}`);
    const latencies = played.flatMap((each) => each.latencies).sort((a, b) => a - b);
    const deltas = played.flatMap((each) => each.firstDeltas).sort((a, b) => a - b);
    return {
      sessions,
      lost: all.length - played.length + played.reduce((sum, { lost }) => sum + lost, 0),
      latency_p50_ms: at(latencies, 0.5),
      latency_p95_ms: at(latencies, 0.95),
      latency_p99_ms: at(latencies, 0.99),
      turns: played.reduce((sum, { turns }) => sum + turns, 0),
      first_delta_p50_ms: deltas.length === 0 ? null : at(deltas, 0.5),
      device: 'cpu',
    };
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
  }
}

/** Plays the speech in real time, with a pause after each time; a turn ends at its last loud sample. */
async function play(url: string, speech: Float32Array, loud: number, repeats: number): Promise<Played> {
  const client = await connect(url);
  const came = new Map<Message, number>();
  client.socket.on('message', () => {
    const last = client.messages.at(-1);
    if (last !== undefined) came.set(last, performance.now());
  });
  await client.next('session.created');
  const whole = new Float32Array(speech.length + QUIET_SECONDS * RATE);
  whole.set(speech);
  const step = (RATE * CHUNK_MS) / 1_000;
  const began = performance.now();
  for (let sent = 0; sent < whole.length * repeats; sent += step) {
    // A chunk is sent when its last sample would have been spoken.
    await sleep(Math.max(0, began + ((sent + step) / RATE) * 1_000 - performance.now()));
    const from = sent % whole.length;
    const chunk = whole.subarray(from, Math.min(from + step, whole.length));
    client.send({ type: 'input_audio_buffer.append', audio: pcm16(chunk).toString('base64') });
  }
  client.socket.close();
  await client.closed;
  const stopped = client.all('input_audio_buffer.speech_stopped');
  const ends = Array.from({ length: repeats }, (_, i) => began + ((i * whole.length + loud) / RATE) * 1_000);
  const latencies: number[] = [];
  const firstDeltas: number[] = [];
  let lost = Math.max(0, repeats - stopped.length);
  for (const { item_id, audio_end_ms } of stopped) {
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
    const started = client.messages.find(
      (message) => message.type === 'input_audio_buffer.speech_started' && message.item_id === item_id,
    );
    const delta = client.messages.find((message) => message.type === DELTA && message.item_id === item_id);
    const deltaTime = delta && came.get(delta);
    if (started !== undefined && deltaTime !== undefined) {
      firstDeltas.push(deltaTime - (began + Number(started.audio_start_ms)));
    }
  }
  return { latencies, firstDeltas, turns: stopped.length, lost };
}

/** samples up to the end of the last that is louder than -34 dB of full scale */
function lastLoud(samples: Float32Array): number {
  for (let i = samples.length - 1; i > 0; i--) if (Math.abs(samples[i] ?? 0) > 0.02) return i + 1;
  return samples.length;
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
