/** Everything out of the library as one file, and such a file into it. */
import { hasSound, packed, unpacked } from './archive.ts';
import type { Claims } from './claims.ts';
import type { IndexStore, Recording } from './port.ts';
import type { SoundStore } from './sound-store.ts';

interface TransferParts {
  readonly index: IndexStore;
  readonly sounds: SoundStore | undefined;
  readonly claims: Claims;
  readonly visible: () => Promise<readonly Recording[]>;
  readonly tell: () => void;
}

export interface Transfers {
  pack(): Promise<File>;
  unpack(archive: Blob): Promise<number>;
}

/** The archive's 32-bit offsets end there. */
const MOST_BYTES = 4e9;
const NAME = 'sotto-library.zip';

export function transfers({ index, sounds, claims, visible, tell }: TransferParts): Transfers {
  /** the last archive: held until the next one, or until the page is closed; then it is swept up */
  let letGoOfLast = async (): Promise<void> => undefined;

  return {
    async pack() {
      if (sounds === undefined) throw new RangeError('there is nowhere to put it');
      const all = [];
      for (const recording of await visible()) {
        const { id } = recording;
        const [journal, segments, notes, edited] = await Promise.all([
          index.journal(id),
          index.segments(id),
          index.notes(id),
          index.document(id),
        ]);
        if (journal === undefined) continue;
        const document = edited === undefined ? {} : { document: edited.document };
        all.push({ recording, journal, segments, notes, ...document });
      }
      if (all.reduce((sum, { recording }) => sum + recording.bytes, 0) > MOST_BYTES) {
        throw new RangeError('more than fits into one file');
      }
      await letGoOfLast();
      const name = `export-${crypto.randomUUID()}`;
      const release = await claims.take(name);
      letGoOfLast = async () => {
        await sounds.remove(name);
        release?.();
      };
      const { kept } = await sounds.pack(name, packed(all));
      const file = kept === 'whole' ? await sounds.open(name) : undefined;
      if (file === undefined) {
        await letGoOfLast();
        throw new DOMException('no room', 'QuotaExceededError');
      }
      return new File([file], NAME, { type: 'application/zip' });
    },
    async unpack(archive) {
      let count = 0;
      for (const one of await unpacked(archive)) {
        const { recording, journal, segments, document, notes = [], sound } = one;
        const { id } = recording;
        if ((await index.find(id)) !== undefined) continue;
        const release = await claims.take(id);
        if (release === undefined) continue;
        try {
          const { kept, bytes } =
            sound === undefined || sounds === undefined || !hasSound(recording)
              ? { kept: 'none' as const, bytes: 0 }
              : await sounds.copy(id, sound);
          const state = kept === 'cut' ? 'none' : kept === 'whole' ? recording.sound : kept;
          await index.begin({ ...recording, bytes, sound: state }, { ...journal, segments: 0 });
          await index.append(id, segments, journal);
          if (document !== undefined) await index.putDocument(id, document, 0);
          await index.putNotes(id, notes);
          count += 1;
          tell();
          if (kept === 'cut') throw new DOMException('no room', 'QuotaExceededError');
        } finally {
          release();
        }
      }
      return count;
    },
  };
}
