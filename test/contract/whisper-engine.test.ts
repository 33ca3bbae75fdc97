import { loadTestEngine } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { engineContract } from './engine.ts';

engineContract('whisper, sotto-demo-en fp32', async () => ({
  engine: await loadTestEngine('sotto-demo-en', 'fp32', { lanes: 2 }),
  spoken: [await loadFixture('us-male.wav'), await loadFixture('us-female.flac')],
}));
