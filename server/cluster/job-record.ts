/** A job as it lies in Redis: a hash of texts, and what they stand for. Pure. */
import type { Task } from '../../shared/asr/engine.ts';
import type { ErrorWire } from '../../shared/errors.ts';
import type { Share } from '../../shared/queue/port.ts';
import type { JobAnswer, JobOutcome, JobView } from '../jobs/port.ts';
import { JOB_STATUSES, type JobStatus } from '../jobs/states.ts';
import type { TranscribeRequest } from '../service/port.ts';

/** `job`: durable, for whoever has its id. `request`: for one client, of one ingress; it ends with either. */
export type RecordKind = 'job' | 'request';

/** What is asked for, as it is accepted. */
export interface Asked {
  readonly kind: RecordKind;
  readonly model: string;
  readonly options: TranscribeRequest['options'];
  readonly source: { readonly kind: 'file' } | { readonly kind: 'url'; readonly url: string };
  readonly answer?: JobAnswer | undefined;
  readonly webhook?: { readonly url: string; readonly secret: string | undefined } | undefined;
  /** whose it is, where that was said */
  readonly tenant?: Share | undefined;
  /** the ingress of a request */
  readonly owner?: string | undefined;
}

export interface JobRecord extends Omit<JobView, 'expiresAt' | 'place'> {
  readonly kind: RecordKind;
  readonly options: TranscribeRequest['options'];
  readonly source: { readonly kind: 'file' | 'gone' } | { readonly kind: 'url'; readonly url: string };
  readonly outcome: JobOutcome | undefined;
  /** tries in a row that ended without a new segment */
  readonly attempts: number;
}

/** Fields and values, one after another. */
export function fieldsOf(asked: Asked): readonly string[] {
  const { kind, model, options, source, answer, webhook, tenant, owner = '' } = asked;
  const fields: Record<string, string> = { kind, model, options: JSON.stringify(options), owner };
  fields.answer = JSON.stringify(answer ?? plainAnswer(options.task));
  fields.source = source.kind;
  if (tenant !== undefined) fields.tenant = JSON.stringify({ id: tenant.id, weight: tenant.weight });
  if (source.kind === 'url') fields.url = source.url;
  fields.webhook = webhook === undefined ? 'none' : 'waiting';
  if (webhook !== undefined) fields.webhookUrl = webhook.url;
  if (webhook?.secret !== undefined) fields.webhookSecret = webhook.secret;
  return Object.entries(fields).flat();
}

const plainAnswer = (task: Task): JobAnswer => ({
  task,
  responseFormat: 'json',
  granularities: { segment: true, word: false },
  logprobs: false,
});

/** undefined: there is none. */
export function recordOf(pairs: readonly string[]): JobRecord | undefined {
  const held = new Map<string, string>();
  for (let at = 0; at + 1 < pairs.length; at += 2) held.set(pairs[at] ?? '', pairs[at + 1] ?? '');
  const status = JOB_STATUSES.find((known) => known === held.get('status'));
  if (status === undefined) return undefined;
  const text = (name: string) => held.get(name) ?? '';
  const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)));
  const json = <Value>(name: string) => (text(name) === '' ? undefined : (JSON.parse(text(name)) as Value));
  const doneSeconds = number('doneSeconds');
  return {
    id: text('id'),
    status,
    kind: text('kind') === 'request' ? 'request' : 'job',
    model: text('model'),
    tenant: json<Share>('tenant'),
    options: json<TranscribeRequest['options']>('options') ?? { task: 'transcribe' },
    answer: json<JobAnswer>('answer') ?? plainAnswer('transcribe'),
    source: sourceOf(text('source'), held.get('url')),
    createdAt: number('createdAt') ?? 0,
    startedAt: number('startedAt'),
    finishedAt: number('finishedAt'),
    progress:
      doneSeconds === undefined || status !== ('running' satisfies JobStatus)
        ? undefined
        : { doneSeconds, totalSeconds: number('totalSeconds') },
    outcome: json<JobOutcome>('outcome'),
    error: json<ErrorWire>('error'),
    webhook: webhookOf(text('webhook')),
    attempts: number('attempts') ?? 0,
  };
}

function sourceOf(kind: string, url: string | undefined): JobRecord['source'] {
  if (kind === 'url' && url !== undefined) return { kind: 'url', url };
  return { kind: kind === 'file' ? 'file' : 'gone' };
}

const WEBHOOKS = ['none', 'waiting', 'pending', 'delivered', 'given_up'] as const;

const webhookOf = (text: string): JobView['webhook'] => WEBHOOKS.find((known) => known === text) ?? 'none';
