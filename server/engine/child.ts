import type { Engine, LoadProgress } from '../../shared/asr/engine.ts';
import { SottoError, settle } from '../../shared/errors.ts';
import type { EngineProcessStart, FromEngine, ToEngine } from '../../shared/protocol/engine-process.ts';

export interface EngineChildParts {
  readonly send: (message: FromEngine) => void;
  readonly load: (start: EngineProcessStart, onProgress: (progress: LoadProgress) => void) => Promise<Engine>;
  readonly residentBytes: () => number;
}

/**
 * The child's side of the protocol: one engine, once started, and no queue, since the gate sends one batch at a time.
 * Gives what takes the messages.
 */
export function createEngineChild({
  send,
  load,
  residentBytes,
}: EngineChildParts): (message: ToEngine) => void {
  let engine: Engine | undefined;
  let running: { readonly id: number; readonly stop: AbortController } | undefined;

  async function start(options: EngineProcessStart): Promise<void> {
    const outcome = await settle(async () => {
      engine = await load(options, (progress) => send({ type: 'progress', progress }));
      return engine.info;
    }, 'model_load_failed');
    send({ type: 'started', outcome, residentBytes: residentBytes() });
  }

  async function run({ id, batch }: ToEngine & { type: 'run' }): Promise<void> {
    const stop = new AbortController();
    const outcome = await settle(async () => {
      if (engine === undefined) throw new SottoError('internal', 'run before start');
      if (running !== undefined) throw new SottoError('internal', 'two runs at once');
      running = { id, stop };
      return engine.run(batch, stop.signal);
    }, 'engine_exited');
    if (running?.id === id) running = undefined;
    send({ type: 'read', id, outcome, residentBytes: residentBytes() });
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        return void start(message.start);
      case 'run':
        send({ type: 'begun', id: message.id });
        return void run(message);
      case 'ping':
        return send({ type: 'pong' });
      case 'abort':
        if (running?.id === message.id) running.stop.abort();
    }
  };
}
