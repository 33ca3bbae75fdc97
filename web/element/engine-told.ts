/** What an element says of its engine. Pure. */
import type { TranscriberStatus } from '../client/transcriber.ts';
import type { ConsentWords } from './consent-words.ts';
import type { EngineTold } from './order.ts';

type Engine = TranscriberStatus['engine'];

/** `host`: of the server that it may be */
export function engineTold(engine: Engine, host: string | undefined, words: ConsentWords): EngineTold {
  // While it is loading nothing is sent: it asks the visitor, connects, or waits in line.
  const rung = engine.name !== 'loading' && 'rung' in engine ? engine.rung : undefined;
  const download = downloadOf(engine);
  return {
    host: rung === 'server' ? host : undefined,
    rung: rung === undefined || rung === 'server' ? undefined : rung === 'webgpu' ? 'WebGPU' : 'CPU',
    doing: host === undefined ? undefined : waitText(engine, host, words),
    fetched: download && Math.floor((100 * download.loaded) / Math.max(1, download.total)) / 100,
  };
}

export function downloadOf(engine: Engine): { readonly loaded: number; readonly total: number } | undefined {
  if (engine.name !== 'loading') return undefined;
  return engine.progress?.phase === 'download' ? engine.progress : undefined;
}

function waitText(engine: Engine, host: string, words: ConsentWords): string | undefined {
  if (engine.name !== 'loading' || engine.rung !== 'server') return undefined;
  const { progress } = engine;
  if (progress?.phase === 'consent') return words.asking;
  if (progress?.phase !== 'queue') return words.connecting(host);
  if (progress.position === undefined) return words.full;
  return progress.position === 0 ? words.next : words.before(progress.position);
}
