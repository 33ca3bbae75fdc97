/** One admitted job: its file decoded, its windows read through the gate, its transcript told as it grows. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import type { EngineWindow } from '../../shared/asr/engine.ts';
import { type ErrorWire, SottoError, toSottoError, toWire } from '../../shared/errors.ts';
import { transcribe } from '../../shared/pipeline/transcribe.ts';
import type { Batcher, Share } from '../../shared/queue/port.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { DecoderHost } from '../media/decoder-host.ts';
import type { JobMeter, MeteredRun } from './metered-run.ts';
import type { TranscribeRequest, TranscribeResult } from './port.ts';
import { leftOutOf, votesOf } from './read-notes.ts';

export interface ReadingBench {
  readonly entry: ModelEntry;
  readonly plan: WindowPlan;
  readonly maxSeconds: number;
  readonly batcher: Pick<Batcher, 'submit'>;
  readonly decoder: Pick<DecoderHost, 'decode'>;
  readonly lanes: () => number;
  readonly charge: MeteredRun['charge'];
  /** the file, and not the engine, is why it will fail */
  readonly onDecodeFailed: (code: string) => void;
}

export interface OwnedRequest extends TranscribeRequest {
  readonly tenant: Share;
}

/** What was done when it ends, well or not. */
export interface JobRecord extends JobMeter {
  decodeMs: number;
  /** of the source, read */
  seconds: number;
}

export type Read = Omit<TranscribeResult, 'timings'>;

/** Rejects with a SottoError; `poison` where windows were left out and nothing could be read. */
export async function readFile(
  request: OwnedRequest,
  bench: ReadingBench,
  record: JobRecord,
  signal: AbortSignal,
): Promise<Read> {
  const { options, resume } = request;
  const { entry, lanes } = bench;
  const transcript = createTranscriptBuilder(resume?.segments);
  const notes = resume?.notes ?? [];
  const leftOut = leftOutOf(notes);
  const progress = createProgress(request.onProgress);
  let windowsRead = 0;
  let outstanding = 0;

  const decoding = bench.decoder.decode({
    path: request.path,
    plan: bench.plan,
    maxSeconds: bench.maxSeconds,
    from: resume?.from ?? 0,
    ahead: () => Math.max(2, lanes()),
    signal,
    onInfo: (seconds) => progress.expect(seconds),
    onPosition: (seconds) => {
      record.seconds = seconds;
      if (outstanding === 0) progress.reach(seconds);
    },
  });
  async function* windows(): AsyncGenerator<SpeechWindow, void> {
    try {
      for await (const window of decoding.windows) {
        outstanding += 1;
        yield window;
      }
    } catch (thrown) {
      const { code } = toSottoError(thrown);
      if (!signal.aborted) bench.onDecodeFailed(code);
      throw thrown;
    }
  }
  const tell = (added: readonly Segment[]) => {
    if (added.length > 0) request.onSegments?.(added);
  };
  const settled = (end: number) => {
    outstanding -= 1;
    progress.reach(outstanding === 0 ? Math.max(end, decoding.seconds) : end);
  };

  const [only] = entry.languages.length === 1 ? entry.languages : [];
  const said = options.language === 'auto' ? undefined : options.language;
  let endedEarly: ErrorWire | undefined;
  let found: Awaited<ReturnType<typeof transcribe>> = {};
  try {
    found = await transcribe({
      windows: windows(),
      signal,
      language: said ?? only,
      inFlight: () => lanes() * 2,
      votes: votesOf(notes),
      onVote: ({ speechEnd }, vote) => request.onNote?.({ name: 'language', end: speechEnd, vote }),
      async read(window, { language, before }) {
        const engineWindow: EngineWindow = {
          samples: window.samples,
          ...(window.speechSeconds === undefined ? {} : { speechSeconds: window.speechSeconds }),
          ...(before === undefined ? {} : { before }),
        };
        bench.charge(engineWindow, record);
        const { language: _, ...rest } = options;
        const reading = await bench.batcher.submit({
          window: engineWindow,
          options: {
            ...rest,
            ...(language === undefined ? {} : { language }),
            model: entry.id,
            effort: 'full',
          },
          priority: 'file',
          tenant: request.tenant,
          kind: { name: 'final' },
          signal,
        });
        if (reading === undefined) throw new SottoError('internal', 'a final window was replaced');
        return reading;
      },
      onReading(window, reading) {
        windowsRead += 1;
        tell(transcript.append(window, reading));
        settled(window.end);
      },
      onLeftOut(window, error) {
        const gap = { start: window.speechStart, end: window.speechEnd, error: toWire(error) };
        leftOut.push(gap);
        request.onNote?.({ name: 'left-out', ...gap });
        settled(window.end);
      },
    });
    tell(transcript.finish());
  } catch (thrown) {
    const error = toSottoError(thrown);
    if (!signal.aborted) tell(transcript.finish());
    // What was read before the damage is worth having, and it is said that there was damage.
    if (error.code !== 'corrupt_media' || windowsRead === 0) throw error;
    endedEarly = toWire(error);
  } finally {
    record.decodeMs = decoding.busyMs;
    record.seconds = decoding.seconds;
  }
  if (leftOut.length > 0 && windowsRead === 0 && transcript.segments.length === 0) {
    throw new SottoError('poison', 'nothing else was said in it');
  }
  progress.end(decoding.seconds);
  return {
    segments: transcript.segments,
    duration: decoding.seconds,
    language: said ?? found.language?.code ?? only ?? 'en',
    model: entry.id,
    ...(found.language === undefined ? {} : { languageProbability: found.language.probability }),
    leftOut,
    ...(endedEarly === undefined ? {} : { endedEarly }),
  };
}

/** Seconds done: never fewer than were told before. */
function createProgress(tell: TranscribeRequest['onProgress']) {
  let doneSeconds = 0;
  let totalSeconds: number | undefined;
  const reach = (seconds: number): void => {
    doneSeconds = Math.max(doneSeconds, seconds);
    // A file may say less than it holds.
    tell?.({ doneSeconds, totalSeconds: totalSeconds && Math.max(totalSeconds, doneSeconds) });
  };
  return {
    expect(seconds: number | undefined) {
      totalSeconds = seconds;
    },
    reach,
    end(seconds: number) {
      totalSeconds = seconds;
      doneSeconds = Math.min(doneSeconds, seconds);
      reach(seconds);
    },
  };
}
