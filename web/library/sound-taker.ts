/** The sound of recordings, from where it comes to where it is kept, and what the index says of it. */
import type { Clock } from '../../shared/queue/port.ts';
import type { Claims } from './claims.ts';
import { hasSound, type IndexStore, type SourceKind } from './port.ts';
import type { KeptSound } from './sound-protocol.ts';
import type { SoundCapture, SoundStore } from './sound-store.ts';

export interface SoundTaker {
  /** What a microphone's sound goes to; undefined where none can be kept. */
  tap(id: string): ((rate: number) => MessagePort) | undefined;
  /** `stored`: the recording is in the index */
  copy(id: string, file: Blob, stored: Promise<unknown>): void;
  /** the recording of this capture is in the index */
  begun(id: string, stored: Promise<unknown>): void;
  /** Resolves when all of its sound is written, or cannot be. */
  settled(id: string): Promise<void>;
  /** After a crash: a capture is whole as far as it goes, half a copy is let go. */
  recover(id: string, kind: SourceKind): Promise<void>;
  /** Deletes files of recordings that are not `known` and that nobody is at. */
  sweep(claims: Claims, known: ReadonlySet<string>): Promise<void>;
}

interface TakerParts {
  readonly index: IndexStore;
  readonly sounds: SoundStore | undefined;
  readonly clock: Clock;
  readonly onChange: () => void;
  readonly onTrouble: (thrown: unknown) => void;
}

const LAST_CHUNK_MS = 3000;

export function createSoundTaker({ index, sounds, clock, onChange, onTrouble }: TakerParts): SoundTaker {
  const captures = new Map<string, SoundCapture>();
  const writing = new Map<string, Promise<void>>();
  const stored = new Map<string, Promise<unknown>>();

  function take(store: SoundStore, id: string, sound: Promise<KeptSound>): void {
    const settled = (async () => {
      try {
        await stored.get(id);
        await index.change(id, { sound: 'writing' });
        onChange();
        await note(id, await sound);
      } catch (thrown) {
        onTrouble(thrown);
        await store.remove(id).catch(onTrouble);
        await index.change(id, { sound: 'none', bytes: 0 }).catch(onTrouble);
      } finally {
        captures.delete(id);
        writing.delete(id);
        stored.delete(id);
        onChange();
      }
    })();
    sound.catch(() => undefined); // awaited above, perhaps later than it fails
    writing.set(id, settled);
  }

  async function note(id: string, { kept, bytes, seconds }: KeptSound): Promise<void> {
    if (kept === 'cut') onTrouble(new DOMException('no room', 'QuotaExceededError'));
    const sound = bytes === 0 ? 'none' : kept;
    await index.change(id, { sound, bytes, ...(seconds === 0 ? {} : { seconds }) });
  }

  return {
    tap(id) {
      if (sounds === undefined) return undefined;
      return (rate) => {
        const capture = sounds.capture(id, rate);
        captures.set(id, capture);
        take(sounds, id, capture.end);
        return capture.port;
      };
    },
    copy(id, file, known) {
      if (sounds === undefined) return;
      stored.set(id, known);
      take(
        sounds,
        id,
        known.then(async () => {
          const recording = await index.find(id);
          // Read again: its sound is here already.
          if (recording !== undefined && hasSound(recording))
            return { kept: 'whole', bytes: recording.bytes, seconds: 0 };
          return sounds.copy(id, file);
        }),
      );
    },
    begun: (id, known) => void stored.set(id, known),
    async settled(id) {
      // The capture's last chunk comes with its end; one that never comes must not be waited for.
      const giveUp = clock.after(LAST_CHUNK_MS, () => void captures.get(id)?.finish().catch(onTrouble));
      await writing.get(id);
      giveUp();
    },
    async recover(id, kind) {
      if (kind === 'live' && sounds !== undefined) return note(id, await sounds.repair(id));
      await sounds?.remove(id);
      await index.change(id, { sound: 'none', bytes: 0 });
    },
    async sweep(claims, known) {
      for (const name of (await sounds?.names()) ?? []) {
        if (known.has(name)) continue;
        const release = await claims.take(name);
        if (release === undefined) continue;
        await sounds?.remove(name).finally(release);
      }
    },
  };
}
