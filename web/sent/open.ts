/** The page's own notebook: one for all who write into it and show it. */
import { MODEL_CACHE } from '../../shared/asr/model-keys.ts';
import { openSentLog, type SentLog } from './log.ts';

let log: SentLog | undefined;

export function sentLog(): SentLog {
  log ??= openSentLog(Date.now, isFirstVisit);
  return log;
}

/** Versions of this page without a notebook may have fetched models, or asked for leave to send sound. */
async function isFirstVisit(): Promise<boolean> {
  try {
    const models = await caches.open(MODEL_CACHE);
    return localStorage.getItem('sotto.consent') === null && (await models.keys()).length === 0;
  } catch {
    return false; // it cannot be known here
  }
}
