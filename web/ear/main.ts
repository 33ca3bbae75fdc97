import { expose } from 'comlink';
import { ortFilesIn } from '../../shared/protocol/ort-files.ts';
import { createEarWorker } from './ear-worker.ts';

expose(createEarWorker(ortFilesIn(new URL(import.meta.env.SOTTO_ORT_BASE, import.meta.url).href)));
