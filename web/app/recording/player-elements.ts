import { RecordingPlayer } from './recording-player.ts';
import { SoundWave } from './sound-wave.ts';

declare global {
  interface HTMLElementTagNameMap {
    'recording-player': RecordingPlayer;
    'sound-wave': SoundWave;
  }
}

export function definePlayerElements(): void {
  customElements.define('recording-player', RecordingPlayer);
  customElements.define('sound-wave', SoundWave);
}
