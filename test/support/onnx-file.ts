/** The little of the ONNX file format (protobuf) that rearranging a model takes: tensors out of it, a graph into it. */
import { joinedBytes } from '../../shared/audio/joined-bytes.ts';

/** A field of a message: varints as numbers, everything of a length as bytes. Fixed-width numbers are left out. */
interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Floats of each tensor of that element type in the file, whatever subgraph it is in, by name. */
export function floatTensors(file: Uint8Array): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  const graph = messages(fields(file), 7)[0];
  if (graph === undefined) throw new Error('an ONNX file has a graph');
  collect(graph, found);
  return found;
}

const FLOAT = 1;
const INT64 = 7;

/** GraphProto: node 1; NodeProto: attribute 5; AttributeProto: tensor 5, graph 6; TensorProto: type 2, name 8, bytes 9 */
function collect(graph: Uint8Array, found: Map<string, Float32Array>): void {
  for (const node of messages(fields(graph), 1)) {
    for (const attribute of messages(fields(node), 5).map(fields)) {
      for (const tensor of messages(attribute, 5).map(fields)) {
        const [name] = messages(tensor, 8);
        const [bytes] = messages(tensor, 9);
        const isFloat = tensor.some(({ number, value }) => number === 2 && value === FLOAT);
        if (!isFloat || name === undefined || bytes === undefined) continue;
        found.set(new TextDecoder().decode(name), new Float32Array(new Uint8Array(bytes).buffer));
      }
      for (const inner of messages(attribute, 6)) collect(inner, found);
    }
  }
}

const messages = (all: readonly Field[], wanted: number): Uint8Array[] =>
  all.flatMap(({ number, value }) => (number === wanted && typeof value !== 'number' ? [value] : []));

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the file ends in the middle of a number');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        found.push({ number, value: varint() });
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        found.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new Error(`no field of an ONNX file has wire type ${tag % 8}`);
    }
  }
  return found;
}

export type Attribute = number | string | readonly number[];

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A float tensor that goes in or out; strings are dimensions that may vary. */
export interface Port {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** for people who look into the file */
  readonly about: string;
}

const IR_VERSION = 8;
const OPSET = 16;

/** A whole ONNX file (ModelProto). The same graph gives the same bytes. */
export function onnxFile(graph: Graph): Uint8Array {
  return joinedBytes([
    number(1, IR_VERSION),
    text(2, 'sotto'),
    text(6, graph.about),
    message(7, [
      ...graph.nodes.map((node) => message(1, nodeFields(node))),
      text(2, graph.name),
      ...graph.initializers.map((each) => message(5, tensorFields(each))),
      ...graph.inputs.map((port) => message(11, portFields(port))),
      ...graph.outputs.map((port) => message(12, portFields(port))),
    ]),
    message(8, [number(2, OPSET)]),
  ]);
}

function nodeFields({ op, inputs, outputs, attributes = {} }: GraphNode): Uint8Array[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, outputs[0] ?? op),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, attributeFields(name, value))),
  ];
}

/** AttributeProto.type: 2 an integer, 3 a string, 7 integers */
function attributeFields(name: string, value: Attribute): Uint8Array[] {
  if (typeof value === 'number') return [text(1, name), number(3, value), number(20, 2)];
  if (typeof value === 'string') return [text(1, name), text(4, value), number(20, 3)];
  return [text(1, name), ...value.map((each) => number(8, each)), number(20, 7)];
}

function tensorFields({ name, dims, data }: Initializer): Uint8Array[] {
  const type = data instanceof Float32Array ? FLOAT : INT64;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), field(9, bytes)];
}

function portFields({ name, dims }: Port): Uint8Array[] {
  const shape = dims.map((dim) => message(1, [typeof dim === 'number' ? number(1, dim) : text(2, dim)]));
  return [text(1, name), message(2, [message(1, [number(1, FLOAT), message(2, shape)])])];
}

const number = (id: number, value: number): Uint8Array =>
  Uint8Array.from([...varintOf(id * 8), ...varintOf(value)]);
const text = (id: number, value: string): Uint8Array => field(id, new TextEncoder().encode(value));
const message = (id: number, parts: readonly Uint8Array[]): Uint8Array => field(id, joinedBytes(parts));
const field = (id: number, bytes: Uint8Array): Uint8Array =>
  joinedBytes([Uint8Array.from([...varintOf(id * 8 + 2), ...varintOf(bytes.length)]), bytes]);

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}
