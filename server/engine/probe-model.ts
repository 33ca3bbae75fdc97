/** The smallest ONNX model there is to say: y = x * x, for four floats. Built by hand, so that no file can be missing. */

export const PROBE_INPUT = [1, 2, 3, 4];
export const PROBE_OUTPUT = [1, 4, 9, 16];

/** Fields of onnx.proto3: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 */
export function probeModel(): Uint8Array {
  const shape = message(1, number(1, PROBE_INPUT.length)); // TensorShapeProto.dim { dim_value }
  const tensor = [...number(1, FLOAT), ...message(2, shape)]; // TypeProto.Tensor { elem_type, shape }
  const value = (name: string) => [...text(1, name), ...message(2, message(1, tensor))]; // ValueInfoProto
  const node = [...text(1, 'x'), ...text(1, 'x'), ...text(2, 'y'), ...text(4, 'Mul')]; // NodeProto
  const graph = [
    ...message(1, node),
    ...text(2, 'probe'),
    ...message(11, value('x')),
    ...message(12, value('y')),
  ];
  const opset = number(2, 13); // OperatorSetIdProto.version
  return Uint8Array.from([...number(1, IR_VERSION), ...message(7, graph), ...message(8, opset)]);
}

const FLOAT = 1;
const IR_VERSION = 8;

/** All lengths here are below 128, so every varint is one byte. */
const message = (field: number, body: readonly number[]): number[] => [
  (field << 3) | 2,
  body.length,
  ...body,
];
const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);
const number = (field: number, value: number): number[] => [field << 3, value];
