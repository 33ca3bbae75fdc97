/** Ways to ask a server for a text, each to its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Said, saidOfFailure } from './outcome.ts';

export interface Load {
  readonly name: string;
  /** Never rejects. */
  ask(wav: Buffer): Promise<Said>;
}

const POLL_MS = 100;

/** `POST /v1/audio/transcriptions`. */
export function transcriptions(address: string, boundMs: number): Load {
  return {
    name: 'transcription',
    ask: (wav) =>
      said(async () => {
        const signal = AbortSignal.timeout(boundMs);
        const body = formOf(wav, { response_format: 'verbose_json' });
        return textOf(await fetch(`${address}/v1/audio/transcriptions`, { method: 'POST', body, signal }));
      }),
  };
}

/** `POST /v1/jobs`, asked after until it is finished; refused attempts are repeated with the same key. */
export function jobs(address: string, boundMs: number): Load {
  return {
    name: 'job',
    ask: (wav) =>
      said(async () => {
        const signal = AbortSignal.timeout(boundMs);
        const accepted = await fetch(`${address}/v1/jobs`, {
          method: 'POST',
          headers: { 'idempotency-key': crypto.randomUUID() },
          body: formOf(wav, {}),
          signal,
        });
        if (accepted.status !== 202) return textOf(accepted);
        const { id } = (await accepted.json()) as { readonly id: string };
        const path = `${address}/v1/jobs/${id}`;
        for (;;) {
          const job = (await (await fetch(path, { signal })).json()) as JobBody;
          if (job.status === 'done') break;
          if (job.error !== null && job.error !== undefined) {
            return { name: 'error', status: 200, code: job.error.code, retryMs: 0 };
          }
          await sleep(POLL_MS, undefined, { signal });
        }
        const result = await textOf(await fetch(`${path}/result?format=verbose_json`, { signal }));
        await fetch(path, { method: 'DELETE', signal });
        return result;
      }),
  };
}

/** Whether the server keeps jobs. */
export async function keepsJobs(address: string): Promise<boolean> {
  const description = (await (await fetch(`${address}/openapi.json`)).json()) as { readonly paths: object };
  return '/v1/jobs' in description.paths;
}

interface JobBody {
  readonly status: string;
  readonly error?: { readonly code: string | null } | null;
}

interface TextBody {
  readonly segments: readonly { readonly text: string }[];
  readonly warnings?: readonly { readonly code: string }[];
}

interface ErrorBody {
  readonly error: { readonly code: string | null };
}

async function textOf(answer: Response): Promise<Said> {
  if (answer.ok) {
    const { segments, warnings = [] } = (await answer.json()) as TextBody;
    return {
      name: 'text',
      segments: segments.map(({ text }) => text.trim()),
      warnings: warnings.map(({ code }) => code),
    };
  }
  const { error } = (await answer.json()) as ErrorBody;
  const retryMs = Number(answer.headers.get('retry-after-ms') ?? 0);
  return { name: 'error', status: answer.status, code: error.code, retryMs };
}

async function said(ask: () => Promise<Said>): Promise<Said> {
  try {
    return await ask();
  } catch (thrown) {
    return saidOfFailure(thrown);
  }
}

function formOf(wav: Buffer, fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(wav)], { type: 'audio/wav' }), 'speech.wav');
  form.append('model', 'sotto-demo-en');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}
