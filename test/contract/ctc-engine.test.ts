import { chirp } from '../support/chirp.ts';
import { loadTestEngine } from '../support/models.ts';
import { engineContract } from './engine.ts';

for (const model of ['tiny-random-wav2vec2', 'tiny-random-parakeet'] as const) {
  engineContract(`ctc, ${model}`, async () => ({
    engine: await loadTestEngine(model, 'fp32', { lanes: 2 }),
    spoken: [chirp(3, 1.5), chirp(6, 5)],
  }));
}
