import { proxy, type Remote, transfer, wrap } from 'comlink';
import { SottoError, unwrap } from '../../shared/errors.ts';
import type { EarSource, EarWorkerApi, SourceInfo } from '../../shared/protocol/ear-worker.ts';
import type { OrtFiles } from '../../shared/protocol/ort-files.ts';
import type { LiveEvent, SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { watchWorker } from './worker-life.ts';

export interface EarOptions {
  readonly spawn: () => Worker;
  /** absolute URL of the VAD's model */
  readonly vad: string;
  /** of onnxruntime-web; see EarStart */
  readonly ort?: OrtFiles | undefined;
}

/** One ear worker: it decodes, hears and cuts one source, and ends with it. */
export interface Ear {
  /** it has ended or could not start: of no more use */
  readonly dead: boolean;
  open(
    source: EarSource,
    plan: WindowPlan,
    onPosition: (seconds: number) => void,
  ): Promise<{ info: SourceInfo; windows: AsyncIterable<SpeechWindow> }>;
  listen(
    port: MessagePort,
    rate: number,
    plan: WindowPlan,
    onEvents: (events: readonly LiveEvent[]) => void,
  ): Promise<void>;
  /** live: resolves when the tail's events were delivered */
  finish(): Promise<void>;
  /** ends the worker; whatever is under way rejects with `cancelled` */
  close(): void;
}

export function createEar(options: EarOptions): Ear {
  let die: (reason: SottoError) => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  let dead = false;
  const note = () => {
    dead = true;
  };
  death.catch(note); // each call below races it; unobserved when none is under way
  const watch = watchWorker(options.spawn(), ({ loaded, detail }) =>
    die(new SottoError(loaded ? 'out_of_memory' : 'engine_blocked', detail)),
  );
  const api: Remote<EarWorkerApi> = wrap<EarWorkerApi>(watch.worker);
  const whileAlive = <P extends Promise<unknown>>(call: P): Promise<Awaited<P>> =>
    Promise.race([call, death]);
  const started = whileAlive(api.start({ lock: watch.lock, vad: options.vad, ort: options.ort })).then(
    (outcome) => {
      watch.loaded();
      return unwrap(outcome);
    },
  );
  started.catch(note); // awaited by open and listen
  let handle: number | undefined;

  async function* windowsOf(of: number, onPosition: (seconds: number) => void): AsyncGenerator<SpeechWindow> {
    for (;;) {
      const step = unwrap(await whileAlive(api.next(of)));
      onPosition(step.position);
      if (step.kind === 'end') return;
      if (step.kind === 'window') yield step.window;
    }
  }

  return {
    get dead() {
      return dead;
    },
    async open(source, plan, onPosition) {
      await started;
      const opened = unwrap(await whileAlive(api.open(source, plan)));
      handle = opened.handle;
      return { info: opened.info, windows: windowsOf(opened.handle, onPosition) };
    },
    async listen(port, rate, plan, onEvents) {
      await started;
      const opened = unwrap(
        await whileAlive(api.listen(transfer(port, [port]), rate, plan, proxy(onEvents))),
      );
      handle = opened.handle;
    },
    async finish() {
      if (handle !== undefined) unwrap(await whileAlive(api.finish(handle)));
    },
    close() {
      watch.stop();
      die(new SottoError('cancelled'));
    },
  };
}
