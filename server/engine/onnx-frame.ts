/**
 * Whether an ONNX file is whole, without parsing it: it is one protobuf message (ModelProto), whose fields say how
 * long they are, and the last must end where the file does. A file that was cut off ends inside one.
 * https://protobuf.dev/programming-guides/encoding
 */

/** Fills `bytes` from `position` on; gives how many there were. */
export type ReadAt = (position: number, bytes: Uint8Array) => Promise<number>;

/** A tag and a length: two varints of at most ten bytes. */
const HEAD_BYTES = 20;
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

export async function isWholeOnnx(size: number, readAt: ReadAt): Promise<boolean> {
  if (size === 0) return false;
  const head = new Uint8Array(HEAD_BYTES);
  let at = 0;
  while (at < size) {
    const length = await readAt(at, head);
    const tag = varint(head.subarray(0, length), 0);
    if (tag === undefined || tag.value >> 3 === 0) return false;
    const type = tag.value & 7;
    const value = type === 0 || type === 2 ? varint(head.subarray(0, length), tag.bytes) : undefined;
    if ((type === 0 || type === 2) && value === undefined) return false;
    const body = type === 2 ? (value?.value ?? 0) : type === 0 ? 0 : FIXED_BYTES[type];
    if (body === undefined) return false;
    at += tag.bytes + (value?.bytes ?? 0) + body;
  }
  return at === size;
}

/** Numbers up to 2^53: files are no longer than that. */
function varint(bytes: Uint8Array, from: number): { value: number; bytes: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[from + index];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, bytes: index + 1 };
  }
  return undefined;
}
