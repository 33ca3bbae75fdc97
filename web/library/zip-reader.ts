/** The files of a ZIP, by its central directory (APPNOTE 6.3.10, 4.3.12 and 4.3.16); views of the blob, not copies. */

const END = { signature: 0x06054b50, bytes: 22, comment: 0xffff } as const;
const ENTRY = { signature: 0x02014b50, bytes: 46 } as const;
const LOCAL = { signature: 0x04034b50, bytes: 30 } as const;
const METHOD = { stored: 0, deflated: 8 } as const;

/** Throws RangeError when it is no ZIP that can be read here. */
export async function readZip(blob: Blob): Promise<ReadonlyMap<string, Blob>> {
  const tail = await bytesOf(blob, Math.max(0, blob.size - END.bytes - END.comment), blob.size);
  const end = findEnd(tail);
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const at = tail.getUint32(end + 16, true);
  if (at + size > blob.size) throw new RangeError('a ZIP that is cut off');
  const directory = await bytesOf(blob, at, at + size);
  const files = new Map<string, Blob>();
  for (let entry = 0, from = 0; entry < count; entry += 1) {
    if (from + ENTRY.bytes > size || directory.getUint32(from, true) !== ENTRY.signature) {
      throw new RangeError('a ZIP whose directory is damaged');
    }
    const nameBytes = directory.getUint16(from + 28, true);
    const name = textAt(directory, from + ENTRY.bytes, nameBytes);
    files.set(name, await content(blob, directory, from));
    from +=
      ENTRY.bytes + nameBytes + directory.getUint16(from + 30, true) + directory.getUint16(from + 32, true);
  }
  return files;
}

async function content(blob: Blob, directory: DataView, entry: number): Promise<Blob> {
  const method = directory.getUint16(entry + 10, true);
  const bytes = directory.getUint32(entry + 20, true);
  const at = directory.getUint32(entry + 42, true);
  const local = await bytesOf(blob, at, at + LOCAL.bytes);
  if (local.byteLength < LOCAL.bytes || local.getUint32(0, true) !== LOCAL.signature) {
    throw new RangeError('a ZIP whose files are not where they should be');
  }
  const from = at + LOCAL.bytes + local.getUint16(26, true) + local.getUint16(28, true);
  const stored = blob.slice(from, from + bytes);
  if (stored.size < bytes) throw new RangeError('a ZIP that is cut off');
  if (method === METHOD.stored) return stored;
  if (method !== METHOD.deflated) throw new RangeError('a ZIP with another compression');
  return new Response(stored.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob();
}

function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - END.bytes; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === END.signature) return at;
  }
  throw new RangeError('no ZIP');
}

const bytesOf = async (blob: Blob, from: number, to: number): Promise<DataView> =>
  new DataView(await blob.slice(from, to).arrayBuffer());

const textAt = (view: DataView, at: number, bytes: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, bytes));
