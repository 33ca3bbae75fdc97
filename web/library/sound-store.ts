/** The sound of recordings in the origin's private file system (OPFS); a worker writes, the page reads. */
import { type Remote, transfer, wrap } from 'comlink';
import { SottoError, unwrap } from '../../shared/errors.ts';
import { FOLDER, type KeptSound, type Packed, type SoundWorkerApi } from './sound-protocol.ts';
import soundUrl from './worker/main.ts?worker&url';

export interface SoundCapture {
  /** what the capture's chunks go to */
  readonly port: MessagePort;
  /** resolves when the last is written */
  readonly end: Promise<KeptSound>;
  /** No more will come, whether or not it was said. */
  finish(): Promise<void>;
}

export interface SoundStore {
  capture(id: string, rate: number): SoundCapture;
  copy(id: string, blob: Blob): Promise<KeptSound>;
  repair(id: string): Promise<KeptSound>;
  pack(name: string, parts: readonly Packed[]): Promise<KeptSound>;
  /** undefined where there is none */
  open(id: string): Promise<File | undefined>;
  /** Nothing is left of it; that there was none is no error. */
  remove(id: string): Promise<void>;
  names(): Promise<readonly string[]>;
  close(): void;
}

/** Undefined where the browser has no such file system: then text alone is kept. */
export async function openSounds(): Promise<SoundStore | undefined> {
  const folder = await privateFolder();
  if (folder === undefined) return undefined;
  const worker = new Worker(new URL(soundUrl, import.meta.url), { type: 'module', name: 'sotto-sound' });
  let die: (reason: SottoError) => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  death.catch(() => undefined); // raced by each call
  worker.addEventListener('error', () => die(new SottoError('internal', 'the sound worker has ended')));
  const api: Remote<SoundWorkerApi> = wrap<SoundWorkerApi>(worker);
  const whileAlive = <P extends Promise<unknown>>(call: P): Promise<Awaited<P>> =>
    Promise.race([call, death]);

  return {
    capture(id, rate) {
      const { port1, port2 } = new MessageChannel();
      const end = whileAlive(api.capture(id, transfer(port1, [port1]), rate)).then(async (started) => {
        unwrap(started);
        return unwrap(await whileAlive(api.captured(id)));
      });
      const finish = async () => void unwrap(await whileAlive(api.finish(id)));
      return { port: port2, end, finish };
    },
    copy: async (id, blob) => unwrap(await whileAlive(api.copy(id, blob))),
    repair: async (id) => unwrap(await whileAlive(api.repair(id))),
    pack: async (name, parts) => unwrap(await whileAlive(api.pack(name, parts))),
    open: (id) => orMissing(async () => (await folder.getFileHandle(id)).getFile()),
    remove: async (id) => {
      await orMissing(() => folder.removeEntry(id));
    },
    async names() {
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
    close() {
      worker.terminate();
      die(new SottoError('closed'));
    },
  };
}

async function privateFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage?.getDirectory();
    return await root?.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return undefined; // a private window, or storage is forbidden: said on the page
  }
}

async function orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return undefined;
    throw thrown;
  }
}
