import { chirp } from '../support/chirp.ts';
import { loadTestEngine } from '../support/models.ts';
import { engineContract } from './engine.ts';

engineContract('moonshine, tiny-random-moonshine', async () => ({
  engine: await loadTestEngine('tiny-random-moonshine', 'fp32', { lanes: 2 }),
  spoken: [chirp(3, 1.5), chirp(6, 9)],
}));
