import { expose } from 'comlink';
import { ortFilesIn } from '../../shared/protocol/ort-files.ts';
import { createEngineWorker } from './engine-worker.ts';

expose(createEngineWorker(ortFilesIn(new URL(import.meta.env.SOTTO_ORT_BASE, import.meta.url).href)));
