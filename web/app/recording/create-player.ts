import { onceAFrame } from '../once-a-frame.ts';
import { recall, remember } from '../preferences.ts';
import { mediaPlayer, type SoundPlayer } from './media-player.ts';
import type { Stretch } from './silence.ts';

/**
 * Plays a file, whatever the browser can play of it. `spans`: where somebody speaks, seconds; they need not be in
 * order. Speed and skipping are as they were chosen last. The file is held until `close`.
 */
export function createPlayer(sound: Blob, spans: readonly Stretch[]): SoundPlayer {
  const address = URL.createObjectURL(sound);
  const media = new Audio();
  media.preload = 'metadata';
  media.src = address;
  const player = mediaPlayer(media, spans, {
    frames: onceAFrame,
    release() {
      media.removeAttribute('src');
      media.load(); // only this lets go of the file
      URL.revokeObjectURL(address);
    },
  });
  player.setRate(Number(recall('player-rate') ?? 1) || 1);
  player.setSkipsSilence(recall('player-skips') === 'yes');
  let { rate, skipsSilence } = player;
  player.subscribe(() => {
    if (player.rate !== rate) remember('player-rate', String(player.rate));
    if (player.skipsSilence !== skipsSilence) remember('player-skips', player.skipsSilence ? 'yes' : 'no');
    ({ rate, skipsSilence } = player);
  });
  return player;
}
