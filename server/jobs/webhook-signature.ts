/** Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** The key of a secret; undefined for what is not `whsec_` and the base64 of 24 to 64 bytes. */
export function webhookKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** `seconds`: Unix time of this try; receivers refuse what is older than five minutes. */
export function webhookHeaders(
  message: { readonly id: string; readonly body: string },
  key: Buffer,
  seconds: number,
): Readonly<Record<string, string>> {
  const mac = createHmac('sha256', key).update(`${message.id}.${seconds}.${message.body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'Sotto',
    'webhook-id': message.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac}`,
  };
}
