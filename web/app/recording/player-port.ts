/** What plays a recording, as the view of it needs it. Times are seconds of the sound. */
export interface Player {
  readonly duration: number;
  readonly time: number;
  readonly playing: boolean;
  readonly rate: number;
  readonly skipsSilence: boolean;
  play(): void;
  pause(): void;
  seek(seconds: number): void;
  setRate(rate: number): void;
  setSkipsSilence(on: boolean): void;
  /** at every change, and every frame while it plays */
  subscribe(listener: () => void): () => void;
  close(): void;
}
