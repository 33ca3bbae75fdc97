import Value from 'typebox/value';
import { ServerVad } from '../../shared/protocol/http.ts';
import { type Fields, invalid, last } from './fields.ts';

const NAME = 'chunking_strategy';

/** `auto`, or server_vad as JSON or as the openai client writes objects: `chunking_strategy[threshold]`. Throws ApiError. */
export function checkChunking(fields: Fields): void {
  const written = last(fields, NAME)?.trim() || undefined;
  if (written === 'auto') return;
  const value = written === undefined ? bracketed(fields) : parsed(written);
  if (value === undefined || Value.Check(ServerVad, value)) return;
  throw invalid(
    NAME,
    'auto, or server_vad with prefix_padding_ms, silence_duration_ms and a threshold from 0 to 1',
  );
}

function bracketed(fields: Fields): Readonly<Record<string, unknown>> | undefined {
  const found = [...fields].flatMap(([name, values]) => {
    const key = /^chunking_strategy\[(\w+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, key === 'type' ? values.at(-1) : Number(values.at(-1))] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    if (error instanceof SyntaxError) return written;
    throw error;
  }
}
