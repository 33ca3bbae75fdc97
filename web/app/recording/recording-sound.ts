/** What of a recording is heard: its sound, the player, and the word that is lit meanwhile. */
import type { Document } from '../../../shared/edit/document.ts';
import { createPlayer } from './create-player.ts';
import type { LineList } from './line-list.ts';
import type { ColouredSpan } from './paint-wave.ts';
import { spansOf } from './player-spans.ts';
import type { ShownPlayer } from './recording-player.ts';
import { SpokenWord } from './spoken-word.ts';

export class RecordingSound {
  /** undefined where none is kept */
  sound: File | undefined;
  player: ShownPlayer | undefined;
  spans: readonly ColouredSpan[] = [];
  readonly spoken: SpokenWord;
  readonly #changed: () => void;

  /** `changed`: it plays, or no longer. */
  constructor(list: () => LineList | null, changed: () => void) {
    this.spoken = new SpokenWord(list);
    this.#changed = changed;
  }

  look(document: Document): void {
    this.spans = spansOf(document, this.spans);
  }

  open(sound: File | undefined, { segments }: Document): void {
    if (sound === undefined || sound.size === 0) return;
    const player = createPlayer(sound, segments);
    this.sound = sound;
    this.player = player;
    this.spoken.follow(player);
    let { playing } = player;
    player.subscribe(() => {
      if (playing === player.playing) return;
      playing = player.playing;
      this.#changed();
    });
  }

  close(): void {
    this.spoken.follow(undefined);
    this.player?.close();
    this.player = undefined;
    this.sound = undefined;
  }
}
