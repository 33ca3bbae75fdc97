/** The worker's side: the only place that writes files. */
import { SottoError, settle } from '../../../shared/errors.ts';
import { FOLDER, type KeptSound, type SoundWorkerApi } from '../sound-protocol.ts';
import { writeArchive } from './archive-writer.ts';
import { createWavWriter, repairWav, secondsOf, type WavWriter, write } from './wav-writer.ts';

const isFull = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'QuotaExceededError';

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

async function opened(name: string): Promise<FileSystemSyncAccessHandle> {
  return (await (await folder()).getFileHandle(name, { create: true })).createSyncAccessHandle();
}

interface Capture {
  readonly ended: Promise<KeptSound>;
  finish(): void;
}

export function createSoundWorker(): SoundWorkerApi {
  const captures = new Map<string, Capture>();

  /** Writes chunk after chunk; where there is no room any more it keeps what it has. */
  function capture(file: FileSystemSyncAccessHandle, port: MessagePort, rate: number): Capture {
    const { promise, resolve, reject } = withEnd<KeptSound>();
    let kept: KeptSound['kept'] = 'whole';
    let writer: WavWriter | undefined;
    let over = false;
    const end = (work: () => void) => {
      if (over) return;
      over = true;
      port.onmessage = null;
      port.close();
      try {
        work();
        const bytes = repairWav(file);
        resolve({ kept, bytes, seconds: secondsOf(bytes) });
      } catch (thrown) {
        reject(thrown);
      } finally {
        file.close();
      }
    };
    const finish = () => end(() => writer?.finish());
    const stop = (thrown: unknown) => {
      kept = 'cut';
      end(() => {
        if (!isFull(thrown)) throw thrown;
      });
    };
    try {
      file.truncate(0);
      writer = createWavWriter(file, rate);
    } catch (thrown) {
      stop(thrown);
    }
    port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (data.length === 0) return finish();
      try {
        writer?.push(data);
      } catch (thrown) {
        stop(thrown);
      }
    };
    return { ended: promise, finish };
  }

  async function written(
    name: string,
    work: (file: FileSystemSyncAccessHandle) => Promise<number>,
  ): Promise<KeptSound> {
    const file = await opened(name);
    try {
      file.truncate(0);
      const bytes = await work(file);
      file.flush();
      return { kept: 'whole', bytes, seconds: 0 };
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      file.truncate(0);
      return { kept: 'cut', bytes: 0, seconds: 0 };
    } finally {
      file.close();
    }
  }

  return {
    capture: (name, port, rate) =>
      settle(async () => {
        const running = capture(await opened(name), port, rate);
        running.ended.catch(() => undefined); // told by `captured`
        captures.set(name, running);
        return undefined;
      }),
    captured: (name) =>
      settle(async () => {
        const running = captures.get(name);
        if (running === undefined) throw new SottoError('internal', 'nothing is captured under this name');
        return running.ended.finally(() => captures.delete(name));
      }),
    finish: (name) =>
      settle(async () => {
        captures.get(name)?.finish();
        return undefined;
      }),
    repair: (name) =>
      settle(async () => {
        const file = await opened(name);
        try {
          const bytes = repairWav(file);
          return { kept: 'whole', bytes, seconds: secondsOf(bytes) };
        } finally {
          file.close();
        }
      }),
    copy: (name, blob) =>
      settle(() =>
        written(name, async (file) => {
          let at = 0;
          for await (const chunk of blob.stream()) {
            write(file, chunk, at);
            at += chunk.length;
          }
          return at;
        }),
      ),
    pack: (name, parts) =>
      settle(async () => {
        const from = await folder();
        const read = async (file: string) => (await from.getFileHandle(file)).getFile();
        return written(name, (file) => writeArchive(file, parts, read));
      }),
  };
}

function withEnd<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
