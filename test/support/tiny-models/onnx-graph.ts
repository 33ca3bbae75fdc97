/** A small writer of ONNX graphs (onnx/onnx.proto, IR version 8, operator set 17): nodes by name, weights in the file. */
import { joinedBytes } from '../../../shared/audio/joined-bytes.ts';
import { bytes, type Field, float, int, type Message, message, text } from './protobuf.ts';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;
const EXTERNAL = 1;

export const ELEMENT = { float32: FLOAT, int64: INT64, bool: BOOL } as const;
export type Element = keyof typeof ELEMENT;

/** An attribute's value; a number that is meant as a float is `{ float }`. */
type Attribute = number | readonly number[] | { readonly float: number } | Graph;

/** TensorProto's dimensions, type and name, and its bytes. */
interface Weight {
  readonly header: Message;
  readonly raw: Uint8Array;
}

export interface Value {
  readonly name: string;
  readonly type: Element;
  /** a name where the length varies; undefined: of any shape */
  readonly dims?: readonly (number | string)[];
}

/** Nodes in the order they run in. A graph inside an `If` sees the names of the one around it, and keeps weights there. */
export class Graph {
  readonly #nodes: Field[] = [];
  readonly #weights: Map<string, Weight>;
  readonly #prefix: string;
  #outputs: readonly Value[] = [];
  #count = 0;

  constructor(prefix = '', around?: Graph) {
    this.#prefix = prefix;
    this.#weights = around?.weights ?? new Map();
  }

  get weights(): Map<string, Weight> {
    return this.#weights;
  }

  /** Adds a node and gives its output's name; `as` names it. */
  op(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    as = `${this.#prefix}${type}_${this.#count++}`,
  ): string {
    this.node(type, inputs, [as], attributes);
    return as;
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    this.#nodes.push(
      message(1, [
        ...inputs.map((name) => text(1, name)),
        ...outputs.map((name) => text(2, name)),
        text(3, `${this.#prefix}${type}_of_${outputs[0]}`),
        text(4, type),
        ...Object.entries(attributes).map(([name, value]) => message(5, attributeOf(name, value))),
      ]),
    );
  }

  floats(name: string, values: Float32Array, dims: readonly number[]): string {
    return this.#weight(
      name,
      FLOAT,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      dims,
    );
  }

  /** A constant list of whole numbers, [values.length]. */
  ints(...values: readonly number[]): string {
    const name = `ints_${values.join('_').replaceAll('-', 'minus')}`;
    return this.#weight(name, INT64, new Uint8Array(BigInt64Array.from(values, BigInt).buffer), [
      values.length,
    ]);
  }

  /** A constant without dimensions. */
  scalar(value: number, type: 'float32' | 'int64' = 'float32'): string {
    const name = `${type}_${value}`.replaceAll('-', 'minus');
    if (type === 'int64') {
      return this.#weight(name, INT64, new Uint8Array(BigInt64Array.of(BigInt(value)).buffer), []);
    }
    return this.floats(name, Float32Array.of(value), []);
  }

  output(...outputs: readonly Value[]): void {
    this.#outputs = outputs;
  }

  /** GraphProto; weights are those of the outermost alone. */
  encode(name: string, inputs: readonly Value[], weights: readonly Field[]): Message {
    return [
      ...this.#nodes,
      text(2, name),
      ...weights,
      ...inputs.map((value) => message(11, valueInfo(value))),
      ...this.#outputs.map((value) => message(12, valueInfo(value))),
    ];
  }

  #weight(name: string, type: number, raw: Uint8Array, dims: readonly number[]): string {
    if (!this.#weights.has(name)) {
      const header = [...dims.map((dim) => int(1, dim)), int(2, type), text(8, name)];
      this.#weights.set(name, { header, raw });
    }
    return name;
  }
}

/** AttributeProto: the type's number is that of AttributeType. */
function attributeOf(name: string, value: Attribute): Message {
  const named = text(1, name);
  if (value instanceof Graph) return [named, message(6, value.encode(name, [], [])), int(20, 5)];
  if (typeof value === 'number') return [named, int(3, value), int(20, 2)];
  if ('float' in value) return [named, float(2, value.float), int(20, 1)];
  return [named, ...value.map((each) => int(8, each)), int(20, 7)];
}

/** ValueInfoProto of a tensor. */
function valueInfo({ name, type, dims }: Value): Message {
  const shape = dims?.map((dim) => message(1, [typeof dim === 'number' ? int(1, dim) : text(2, dim)]));
  const tensor = [int(1, ELEMENT[type]), ...(shape === undefined ? [] : [message(2, shape)])];
  return [text(1, name), message(2, [message(1, tensor)])];
}

const inside = ({ header, raw }: Weight): Field => message(5, [...header, bytes(9, raw)]);

/** The bytes of an .onnx file. */
export function onnxFile(graph: Graph, name: string, inputs: readonly Value[]): Uint8Array {
  return model(graph.encode(name, inputs, [...graph.weights.values()].map(inside)));
}

/** As exporters do: shapes and other small things stay in the graph, which is checked without the file beside it. */
const LARGE = 1024;

/** The same with its large weights in a second file, `data`, that lies beside it under the name `location`. */
export function onnxFiles(graph: Graph, name: string, inputs: readonly Value[], location: string) {
  const moved: Uint8Array[] = [];
  let at = 0;
  const weights = [...graph.weights.values()].map((weight) => {
    const { header, raw } = weight;
    if (raw.length < LARGE) return inside(weight);
    const place = { location, offset: String(at), length: String(raw.length) };
    moved.push(raw);
    at += raw.length;
    const entries = Object.entries(place).map(([key, value]) => message(13, [text(1, key), text(2, value)]));
    return message(5, [...header, ...entries, int(14, EXTERNAL)]);
  });
  return { graph: model(graph.encode(name, inputs, weights)), data: joinedBytes(moved) };
}

const model = (graph: Message): Uint8Array =>
  joinedBytes([
    int(1, IR_VERSION),
    text(2, 'sotto-tests'),
    message(7, graph),
    message(8, [text(1, ''), int(2, OPSET)]),
  ]);
