import { expose } from 'comlink';
import { createEarWorker } from './ear-worker.ts';

expose(createEarWorker(new URL(import.meta.env.SOTTO_ORT_BASE, import.meta.url).href));
