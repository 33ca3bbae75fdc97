import { expose } from 'comlink';
import { createEngineWorker } from './engine-worker.ts';

expose(createEngineWorker(new URL(import.meta.env.SOTTO_ORT_BASE, import.meta.url).href));
