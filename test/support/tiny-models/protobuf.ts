/** As much of Protocol Buffers' wire format as ONNX files need (protobuf.dev/programming-guides/encoding). */
import { joinedBytes } from '../../../shared/audio/joined-bytes.ts';

export type Message = readonly Field[];
/** Field number and its encoded bytes, tag included. */
export type Field = Uint8Array;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

const tag = (field: number, type: number): number[] => varint(field * 8 + type);

export const int = (field: number, value: number): Field =>
  Uint8Array.from([...tag(field, VARINT), ...varint(value)]);

export function float(field: number, value: number): Field {
  return joinedBytes([Uint8Array.from(tag(field, FIXED32)), new Uint8Array(Float32Array.of(value).buffer)]);
}

export function bytes(field: number, content: Uint8Array): Field {
  return joinedBytes([Uint8Array.from([...tag(field, BYTES), ...varint(content.length)]), content]);
}

export const text = (field: number, content: string): Field =>
  bytes(field, new TextEncoder().encode(content));

export const message = (field: number, content: Message): Field => bytes(field, joinedBytes(content));
