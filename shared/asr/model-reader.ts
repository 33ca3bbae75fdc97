/** A model's files under a made-up address, for a library that only knows how to fetch them. */
import { SottoError } from '../errors.ts';
import { fileResponse } from './file-response.ts';
import { toEngineError } from './sessions.ts';

/** Reads a file by its path in the model's folder (`onnx/encoder_model_q4.onnx`); undefined when there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

export interface ModelReader {
  /** what the library knows the model by */
  readonly id: string;
  /** A parsed file; `{}` where there is none. */
  json(path: string): Promise<unknown>;
  /** why the loading failed, if it was a file */
  failure(): SottoError | undefined;
  close(): void;
}

/** Nothing is ever asked of it: `answerModelRequest` answers. */
export const MODEL_HOST = 'https://model.invalid/';
/** Models do without it. */
const OPTIONAL = 'generation_config.json';
const readers = new Map<string, ReadFile>();
let loads = 0;

/** Under a name of its own: the library remembers names for good. */
export function openModelReader(readFile: ReadFile): ModelReader {
  const id = `sotto/load-${++loads}`;
  let missing: string | undefined;
  let failed: SottoError | undefined;
  const read: ReadFile = async (path) => {
    try {
      const bytes = await readFile(path);
      if (bytes === undefined && path !== OPTIONAL) missing ??= path;
      return bytes;
    } catch (thrown) {
      failed ??= toEngineError(thrown, 'model_load_failed');
      throw failed;
    }
  };
  readers.set(id, read);
  return {
    id,
    async json(path) {
      const bytes = await read(path);
      return bytes === undefined ? {} : JSON.parse(new TextDecoder().decode(bytes));
    },
    failure: () => failed ?? (missing === undefined ? undefined : new SottoError('model_not_found', missing)),
    close: () => readers.delete(id),
  };
}

/** The library's `fetch`. */
export async function answerModelRequest(url: string): Promise<Response> {
  for (const [id, read] of readers) {
    const base = `${MODEL_HOST}${id}/`;
    if (!url.startsWith(base)) continue;
    const bytes = await read(url.slice(base.length));
    if (bytes !== undefined) return fileResponse(bytes);
  }
  return new Response(null, { status: 404 });
}
