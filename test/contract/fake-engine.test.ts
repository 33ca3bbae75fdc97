import { createFakeEngine } from '../support/fake-engine.ts';
import { engineContract } from './engine.ts';

engineContract('fake', async () => ({
  engine: createFakeEngine(),
  spoken: [new Float32Array(16_000).fill(0.25), new Float32Array(32_000).fill(0.5)],
}));
