/** A model's files by their paths in its folder. */
export type ModelFolder = Readonly<Record<string, Uint8Array>>;

export const json = (value: object): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);
