import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type OnceAFrame, onceAFrame } from './once-a-frame.ts';

/** Anything that says when it has changed: a Transcriber, a Job. */
export interface Watchable {
  subscribe(listener: () => void): () => void;
}

/** Renders its host when what it follows has changed, at most once a frame. */
export class Watch implements ReactiveController {
  readonly #frame: OnceAFrame;
  #followed: Watchable | undefined;
  #unsubscribe: (() => void) | undefined;
  #connected = false;

  constructor(host: ReactiveControllerHost) {
    this.#frame = onceAFrame(() => host.requestUpdate());
    host.addController(this);
  }

  follow(next: Watchable | undefined): void {
    if (next === this.#followed) return;
    this.#leave();
    this.#followed = next;
    if (this.#connected) this.#join();
  }

  hostConnected(): void {
    this.#connected = true;
    this.#join();
    this.#frame.request();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#leave();
  }

  #join(): void {
    this.#unsubscribe ??= this.#followed?.subscribe(() => this.#frame.request());
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#frame.cancel();
  }
}
