/** Many files as one ZIP, a chunk at a time; nothing is compressed, for sound mostly is already. */
import { strToU8, Zip, ZipPassThrough } from 'fflate';
import type { Packed } from '../sound-protocol.ts';
import { type SoundFile, write } from './wav-writer.ts';

/** Returns the size. */
export async function writeArchive(
  file: SoundFile,
  parts: readonly Packed[],
  read: (name: string) => Promise<Blob>,
): Promise<number> {
  let at = 0;
  let failure: { readonly thrown: unknown } | undefined;
  const zip = new Zip((error, chunk) => {
    try {
      if (error) throw error;
      write(file, chunk as Uint8Array<ArrayBuffer>, at);
      at += chunk.length;
    } catch (thrown) {
      failure ??= { thrown };
    }
  });
  const check = () => {
    if (failure !== undefined) throw failure.thrown;
  };
  for (const part of parts) {
    const entry = new ZipPassThrough(part.name);
    zip.add(entry);
    if ('text' in part) entry.push(strToU8(part.text), true);
    else {
      for await (const chunk of (await read(part.file)).stream()) {
        entry.push(chunk);
        check();
      }
      entry.push(new Uint8Array(0), true);
    }
    check();
  }
  zip.end();
  check();
  return at;
}
