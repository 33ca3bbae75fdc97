/** Elements that start by themselves: a chunk of its own, for those alone. */
import { byId } from './by-id.ts';
import type { SottoTranscriber } from './sotto-transcriber.ts';

/** Captions begin when their media plays; dictation where the page may use the microphone already, without asking. */
export async function startByItself(element: SottoTranscriber, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  if (element.mode === 'captions') return captionWhatPlays(element, signal);
  if (element.mode === 'dictation' && (await mayListen()) && !signal.aborted) await element.start();
}

async function captionWhatPlays(element: SottoTranscriber, signal: AbortSignal): Promise<void> {
  const media = byId(element.getRootNode(), element.media ?? '');
  if (!(media instanceof HTMLMediaElement)) return element.start(); // which says what is missing
  let captioned: string | MediaProvider | undefined;
  const played = (): void => {
    const source = media.srcObject ?? media.currentSrc;
    if (source === captioned) return; // it only went on
    captioned = source;
    void element.start();
  };
  media.addEventListener('play', played, { signal });
  if (!media.paused) played();
}

async function mayListen(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state === 'granted';
  } catch {
    return false; // a browser that cannot say would ask
  }
}
