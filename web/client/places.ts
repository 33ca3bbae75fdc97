/**
 * Where the parts that run beside this script come from: the site's build. The package has places of its own
 * (web/package/places.ts), which take the place of these when it is built.
 */
import type { OrtFiles } from '../../shared/protocol/ort-files.ts';
import earUrl from '../ear/main.ts?worker&url';
import captureUrl from '../ear/worklet/capture.ts?worker&url';
import engineUrl from '../engine/main.ts?worker&url';
import { startWorker } from './start-worker.ts';

/**
 * The site that serves Sotto: the one this script came from, which need not be the page's. Models it has are at
 * `models/` below it, the voice activity model at `vad/`.
 */
export function ownSite(): string {
  const script = import.meta.url;
  return new URL('../', script).href;
}

/** Address of the voice activity model at a site. */
export const voiceDetector = (site: string): string => new URL('vad/silero_vad_v6_sequence.onnx', site).href;

const here = (url: string): string => new URL(url, import.meta.url).href;

export const engineWorker = (): Worker => startWorker(here(engineUrl), 'sotto-engine');
export const earWorker = (): Worker => startWorker(here(earUrl), 'sotto-ear');
export const captureWorklet: string = captureUrl;

/** undefined: the workers know, as they lie beside them */
export const ortFiles: OrtFiles | undefined = undefined;
