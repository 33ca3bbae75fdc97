/** The real service with the demo model, one thread, and no spare unless a test wants one. */
import { fileURLToPath } from 'node:url';
import type { ServiceOptions } from '../../server/service/service.ts';
import { SERVER_OPTIONS } from './server-engine.ts';

export const VAD_PATH = fileURLToPath(
  new URL('../../public/vad/silero_vad_v6_sequence.onnx', import.meta.url),
);

export const SERVICE_OPTIONS: ServiceOptions = {
  engine: { ...SERVER_OPTIONS, spares: 0 },
  vad: VAD_PATH,
  maxConcurrent: 1,
  queueMax: 3,
  maxSessions: 8,
  maxWaitMs: 8_000,
  maxAudioSeconds: 4 * 3_600,
};
