import { expose } from 'comlink';
import { createPeakWorker } from './peak-worker.ts';

expose(createPeakWorker());
