/// <reference types="vite/client" />
/** The page's own player, worker and all, with a sound and spans that the test chooses. */
import { createPlayer } from '../../../web/app/recording/create-player.ts';
import type { SoundPlayer } from '../../../web/app/recording/media-player.ts';
import type { ColouredSpan } from '../../../web/app/recording/paint-wave.ts';
import { definePlayerElements } from '../../../web/app/recording/player-elements.ts';
import type { RecordingPlayer } from '../../../web/app/recording/recording-player.ts';

declare global {
  interface Window {
    show(file: string, spans: readonly ColouredSpan[]): Promise<void>;
    /** A long sound: a WAV of pcm16 so many times over. */
    repeated(file: string, times: number): Promise<void>;
    long: Blob;
    showSound(sound: Blob, spans: readonly ColouredSpan[]): void;
    hide(): void;
    player: SoundPlayer;
    element: RecordingPlayer;
    /** addresses of files that are held */
    held: Set<string>;
    /** ends of moments at which the player told that it moved */
    told: number[];
  }
}

window.held = new Set();
window.told = [];
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (object) => {
  const address = createObjectURL(object);
  window.held.add(address);
  return address;
};
URL.revokeObjectURL = (address) => {
  window.held.delete(address);
  revokeObjectURL(address);
};

definePlayerElements();

const fetched = async (file: string) => (await fetch(file)).blob();

window.show = async (file, spans) => window.showSound(await fetched(file), spans);

window.showSound = (sound, spans) => {
  const element = document.createElement('recording-player');
  window.player = createPlayer(sound, spans);
  window.player.subscribe(() => window.told.push(window.player.time));
  Object.assign(element, { player: window.player, sound, spans });
  window.element = element;
  document.querySelector('#player')?.replaceChildren(element);
};

window.hide = () => {
  window.player.close();
  window.element.remove();
};

const HEADER = 44;

window.repeated = async (file, times) => {
  const wav = await fetched(file);
  const header = new DataView(await wav.slice(0, HEADER).arrayBuffer());
  const bytes = header.getUint32(40, true) * times;
  header.setUint32(4, HEADER - 8 + bytes, true);
  header.setUint32(40, bytes, true);
  const sound = wav.slice(HEADER);
  window.long = new Blob([header, ...Array.from({ length: times }, () => sound)], { type: 'audio/wav' });
};
