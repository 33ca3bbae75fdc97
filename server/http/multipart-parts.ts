/** The parts of one form, in whatever order: one file into the spool, fields into a map. */
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { ApiError } from './api-error.ts';
import { sizeLimit } from './body-watch.ts';
import type { SpooledFile } from './spool.ts';
import type { Upload, UploadLimits } from './upload.ts';

/** More of anything than a real form has; a form of thousands of tiny parts ends at the first too many. */
export const PART_LIMITS = {
  parts: 200,
  fields: 199,
  files: 1,
  fieldNameSize: 200,
  fieldSize: 64 * 1024,
  headerPairs: 32,
  headerSize: 8 * 1024,
} as const;

export interface PartsReading {
  readonly upload: Promise<Upload>;
  /** Ends it wherever it is and deletes what was spooled. */
  abandon(): Promise<void>;
}

export function readParts(request: FastifyRequest, { spool, maxBytes }: UploadLimits): PartsReading {
  const fields = new Map<string, string[]>();
  let part: MultipartFile | undefined;
  let spooling: Promise<SpooledFile> | undefined;
  let abandoned = false;

  async function read(): Promise<Upload> {
    let name = '';
    let file: SpooledFile | undefined;
    const options = { limits: { ...PART_LIMITS, fileSize: maxBytes }, throwFileSizeLimit: false };
    for await (const each of request.parts(options)) {
      if (abandoned) throw new SottoError('cancelled');
      if (each.type === 'field') {
        addField(fields, each.fieldname, each.value, each.valueTruncated);
        continue;
      }
      part = each;
      // A stream that nobody listens to would end the process when it breaks.
      each.file.on('error', () => undefined);
      if (each.fieldname !== 'file') throw wrongFile(`a file came as "${shown(each.fieldname)}"`);
      name = each.filename ?? '';
      each.file.once('limit', () => each.file.destroy(new SottoError('too_large', sizeLimit(maxBytes))));
      spooling = spool.write(each.file);
      file = await spooling;
      // Where the limit is within the first bytes, it was reached before anybody listened.
      if (each.file.truncated) {
        await file.remove();
        throw new SottoError('too_large', sizeLimit(maxBytes));
      }
    }
    if (file === undefined) {
      if (fields.has('file')) throw wrongFile('file must be sent as a file, with a filename');
      throw new ApiError('bad_request', 'the field file is missing', {
        param: 'file',
        wireCode: 'missing_required_parameter',
      });
    }
    if (file.bytes === 0) throw new ApiError('empty_file', 'nothing was in it', { param: 'file' });
    return uploadOf(file, name, fields);
  }

  const upload = read().catch((error: unknown) => {
    throw toUploadError(error);
  });
  upload.catch(() => undefined);
  return {
    upload,
    async abandon() {
      abandoned = true;
      part?.file.destroy(new SottoError('cancelled'));
      const [spooled] = await Promise.allSettled([spooling]);
      if (spooled.status === 'fulfilled') await spooled.value?.remove();
    },
  };
}

function uploadOf(file: SpooledFile, name: string, fields: Upload['fields']): Upload {
  let owner: 'upload' | 'caller' = 'upload';
  return {
    path: file.path,
    name,
    bytes: file.bytes,
    sha256: file.sha256,
    fields,
    async discard() {
      if (owner === 'upload') await file.remove();
    },
    keep() {
      owner = 'caller';
      return file.path;
    },
  };
}

function addField(fields: Map<string, string[]>, name: unknown, value: unknown, truncated: boolean): void {
  // busboy gives undefined for a part without a name.
  if (typeof name !== 'string' || name === '')
    throw new ApiError('bad_request', 'a part of the form has no name');
  if (name.length > PART_LIMITS.fieldNameSize)
    throw new ApiError('bad_request', 'the name of a field is too long');
  if (truncated) {
    throw new ApiError('bad_request', `${shown(name)} is longer than ${PART_LIMITS.fieldSize} bytes`, {
      param: shown(name),
    });
  }
  // A part that calls itself JSON arrives parsed.
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [text]);
  else values.push(text);
}

const wrongFile = (detail: string) =>
  new ApiError('bad_request', detail, { param: 'file', wireCode: 'invalid_value' });

/** What a caller wrote, fit to be repeated in an answer. */
const shown = (text: string | undefined): string => (text ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 64);

/** What @fastify/multipart and busboy throw is the caller's mistake, unless it is ours or the file system's. */
function toUploadError(error: unknown): SottoError {
  if (error instanceof SottoError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_MP_PREMATURE_CLOSE') return new SottoError('cancelled', 'the client went away');
  if (code.startsWith('FST_')) return new ApiError('bad_request', multipartProblem(code));
  if (/^E[A-Z]+$/.test(code)) return toSottoError(error);
  return new ApiError('bad_request', 'the form (multipart/form-data) is malformed or cut off');
}

const multipartProblem = (code: string): string =>
  MULTIPART_PROBLEMS[code] ?? 'the form (multipart/form-data) could not be read';

const MULTIPART_PROBLEMS: Readonly<Record<string, string>> = {
  FST_PARTS_LIMIT: `the form has more than ${PART_LIMITS.parts} parts`,
  FST_FIELDS_LIMIT: `the form has more than ${PART_LIMITS.fields} fields`,
  FST_FILES_LIMIT: 'the form has more than one file',
  FST_PROTO_VIOLATION: 'a field has a name that is not allowed',
  FST_INVALID_JSON_FIELD_ERROR: 'a field says that it is JSON and is not',
};
