/** What a browser gives by itself and Node has to bring: decoders, and a session of the VAD model. */
import { fileURLToPath } from 'node:url';
import { registerMediabunnyServer } from '@mediabunny/server';
import * as ort from 'onnxruntime-node';
import { registerFfmpegDecoder } from '../../server/media/ffmpeg-decoder.ts';
import { createSileroSession, type VadSession } from '../../shared/speech/silero.ts';

let registered = false;

/** FFmpeg's decoders for mediabunny, once a process. */
export function registerNodeDecoders(): void {
  if (registered) return;
  registered = true;
  registerFfmpegDecoder();
  registerMediabunnyServer();
}

const MODEL = fileURLToPath(new URL('../../public/vad/silero_vad_v6_sequence.onnx', import.meta.url));

export async function loadNodeVad(): Promise<VadSession> {
  const session = await ort.InferenceSession.create(MODEL, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return createSileroSession<ort.Tensor>(ort, session);
}
