import { expose } from 'comlink';
import { createSoundWorker } from './sound-worker.ts';

expose(createSoundWorker());
