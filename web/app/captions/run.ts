import type { ReactiveControllerHost } from 'lit';
import { emit } from '../events.ts';
import { currentLocale } from '../locale.ts';
import type { ViewParts } from '../view-parts.ts';
import { Watch } from '../watch.ts';
import { captionWords } from '../words/captions.ts';
import type { Names } from './caption-list.ts';
import type { CaptionSession } from './session.ts';
import { SIDES, type Side, type Sound, type Unheard } from './sound.ts';
import { openSounds, startSession, type Wanted } from './start.ts';

/** What the view knows and the session needs, as of the moment it is asked for. */
export interface RunWorld {
  readonly parts: () => ViewParts | undefined;
  readonly names: () => Names;
  /** '': the system's choice */
  readonly deviceId: () => string;
}

/** Starts sessions of captions for its host, one after another, and renders it when the newest changes. */
export class CaptionRun {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #world: RunWorld;
  readonly #watch: Watch;
  /** the one that runs, or the last that did */
  session: CaptionSession | undefined;
  /** `asking`: the browser asks the person */
  opening: 'idle' | 'asking' = 'idle';
  /** what was asked for last and is not heard */
  unheard: readonly Unheard[] = [];
  /** of the session */
  title = '';

  constructor(host: ReactiveControllerHost & HTMLElement, world: RunWorld) {
    this.#host = host;
    this.#world = world;
    this.#watch = new Watch(host);
  }

  get isRunning(): boolean {
    return this.session !== undefined && this.session.phase !== 'ended';
  }

  /** Nothing begins where nothing of it can be heard. */
  async start(sides: ReadonlySet<Side>): Promise<void> {
    const sounds = await this.#open(sides, 'alone');
    if (sounds.size === 0) return;
    const time = new Intl.DateTimeFormat(currentLocale(), { timeStyle: 'short' }).format(new Date());
    const title = captionWords.session(time);
    const several = sounds.size > 1;
    const session = startSession({
      parts: () => {
        const parts = this.#world.parts();
        if (parts === undefined) throw new Error('a view that was never shown');
        return parts;
      },
      name: (side) => (several ? `${title} · ${this.#world.names()[side]}` : title),
      speaker: (side) => this.#world.names()[side],
      onUnkept: (job) => emit(this.#host, 'library-resumed', job),
    });
    for (const side of SIDES) {
      const sound = sounds.get(side);
      if (sound !== undefined) session.add(side, sound);
    }
    this.title = title;
    this.session = session;
    this.#watch.follow(session);
    this.#host.requestUpdate();
  }

  /** Hears one more from now on. */
  async add(side: Side): Promise<void> {
    const { session } = this;
    const company = session?.hears('others') ? 'beside-others' : 'alone';
    const sound = (await this.#open(new Set([side]), company)).get(side);
    if (sound === undefined) return;
    if (session?.phase === 'listening' || session?.phase === 'paused') session.add(side, sound);
    else sound.close();
  }

  /** What is kept of this session names its speakers as they are called now. */
  async rename(): Promise<void> {
    const library = this.#world.parts()?.desk?.library;
    const names = this.#world.names();
    for (const { job, side } of this.session?.tracks ?? []) {
      const id = library?.idOf(job);
      if (id !== undefined) await library?.nameSpeaker(id, names[side]);
    }
  }

  async #open(sides: ReadonlySet<Side>, company: Wanted['company']): Promise<ReadonlyMap<Side, Sound>> {
    this.opening = 'asking';
    this.unheard = [];
    this.#host.requestUpdate();
    try {
      const deviceId = this.#world.deviceId();
      const { sounds, unheard } = await openSounds({
        sides,
        deviceId: deviceId === '' ? undefined : deviceId,
        company,
      });
      this.unheard = unheard;
      return sounds;
    } finally {
      this.opening = 'idle';
      this.#host.requestUpdate();
    }
  }
}
