/** `/v1/admin/keys`: made, listed, changed, rotated and revoked by a key with the scope `admin`. */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { SottoError } from '../../shared/errors.ts';
import {
  ApiKey,
  ApiKeyList,
  ApiKeyWithSecret,
  KeyChangeRequest,
  KeyRequest,
  RotateRequest,
} from '../../shared/protocol/http-keys.ts';
import { content, ERROR_RESPONSES, failed, never } from '../http/route-schemas.ts';
import type { V1Routes } from '../http/v1.ts';
import { keyChange, keyWire, newKey, secretWire, USUAL_OVERLAP_SECONDS } from './key-wire.ts';
import type { KeyStore } from './port.ts';

interface OfKey {
  Params: { readonly id: string };
}

export function keyRoutes(keys: KeyStore, wall: () => number = Date.now): V1Routes {
  return (app) => {
    // Fastify's own would read null, "no limit", as 0.
    app.setValidatorCompiler(TypeBoxValidatorCompiler);
    app.post<{ Body: KeyRequest }>('/admin/keys', { schema: CREATE }, async ({ body }, reply) => {
      const created = await keys.create(newKey(body, wall()));
      return reply.code(201).send(secretWire(created));
    });

    app.get('/admin/keys', { schema: LIST }, async (): Promise<ApiKeyList> => {
      return { object: 'list', data: (await keys.list()).map(keyWire) };
    });

    app.patch<OfKey & { Body: KeyChangeRequest }>(
      '/admin/keys/:id',
      { schema: CHANGE },
      async ({ params, body }): Promise<ApiKey> => {
        const changed = await keys.change(params.id, keyChange(body, wall()));
        if (changed === undefined) throw new SottoError('key_unknown');
        return keyWire(changed);
      },
    );

    app.post<OfKey & { Body: RotateRequest | null }>(
      '/admin/keys/:id/rotate',
      { schema: ROTATE },
      async ({ params, body }): Promise<ApiKeyWithSecret> => {
        const seconds = body?.overlap_seconds ?? USUAL_OVERLAP_SECONDS;
        const rotated = await keys.rotate(params.id, seconds * 1_000);
        if (rotated === undefined) throw new SottoError('key_unknown');
        return secretWire(rotated);
      },
    );

    app.delete<OfKey>('/admin/keys/:id', { schema: REVOKE }, async ({ params }): Promise<ApiKey> => {
      const revoked = await keys.revoke(params.id);
      if (revoked === undefined) throw new SottoError('key_unknown');
      return keyWire(revoked);
    });
  };
}

const tags = ['keys'];
const params = Type.Object({ id: Type.String({ maxLength: 100 }) });
const refused = {
  400: ERROR_RESPONSES[400],
  401: failed('No key, or not a valid one.', never),
  403: failed('The key does not have the scope `admin`.', never),
};
const unknown = failed('No key of that id, or it is revoked.', never);

const CREATE = {
  tags,
  operationId: 'createKey',
  summary: 'A new key',
  description: 'Its secret is in the answer and nowhere else: only a hash is kept.',
  body: KeyRequest,
  response: { 201: content('The key and its secret.', { 'application/json': ApiKeyWithSecret }), ...refused },
};
const LIST = {
  tags,
  operationId: 'listKeys',
  summary: 'All keys, revoked ones too',
  response: { 200: content('Without secrets.', { 'application/json': ApiKeyList }), ...refused },
};
const CHANGE = {
  tags,
  operationId: 'changeKey',
  summary: 'Other limits, scopes, models, origins, weight, name or expiry',
  description:
    'What is not given stays as it is, null takes a bound away. It holds from the next request on; secret, usage and jobs stay.',
  params,
  body: KeyChangeRequest,
  response: { 200: content('The key.', { 'application/json': ApiKey }), ...refused, 404: unknown },
};
const ROTATE = {
  tags,
  operationId: 'rotateKey',
  summary: 'A new secret for a key',
  description: 'Limits, usage and jobs stay with the key. The old secret is taken for a while longer.',
  params,
  body: Type.Union([RotateRequest, Type.Null()]),
  response: {
    200: content('The key and its new secret.', { 'application/json': ApiKeyWithSecret }),
    ...refused,
    404: unknown,
  },
};
const REVOKE = {
  tags,
  operationId: 'revokeKey',
  summary: 'A key lets nobody in any more',
  params,
  response: { 200: content('The key.', { 'application/json': ApiKey }), ...refused, 404: unknown },
};
