import { chirp } from '../support/chirp.ts';
import { loadTestEngine } from '../support/models.ts';
import { engineContract } from './engine.ts';

engineContract('ctc, tiny-random-ctc', async () => ({
  engine: await loadTestEngine('tiny-random-ctc', 'fp32', { lanes: 2 }),
  spoken: [chirp(3, 1.5), chirp(6, 5)],
}));
