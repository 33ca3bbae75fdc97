import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, it, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { warningsOf } from '../../server/cluster/redis.ts';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { onPath } from '../support/apt.ts';
import { createFakeService } from '../support/fake-service.ts';

const read = (path: string) => readFile(`deploy/${path}`, 'utf8');

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
}
type Model = new (data: never) => { validate(): void };
/** Each throws where a manifest does not keep to its schema. */
const KINDS: Readonly<Record<string, Model>> = {
  ...{ Namespace: core.Namespace, Service: core.Service, ConfigMap: core.ConfigMap },
  ...{ PersistentVolumeClaim: core.PersistentVolumeClaim, NetworkPolicy: networking.NetworkPolicy },
  ...{ Deployment: apps.Deployment, StatefulSet: apps.StatefulSet },
  ...{ PodDisruptionBudget: policy.PodDisruptionBudget, ScaledObject: keda.ScaledObject },
};

async function manifests(file: string): Promise<readonly Manifest[]> {
  return parseAllDocuments(await read(`kubernetes/${file}`)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

interface Pod {
  readonly containers: readonly object[];
  readonly terminationGracePeriodSeconds: number;
}

/** Of the one deployment or stateful set of a file. */
async function podOf(file: string): Promise<Pod> {
  const found = (await manifests(file)).find(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
  return (found as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

describe('deploy/kubernetes', () => {
  const files = readdirSync('deploy/kubernetes').filter(
    (name) => !['kustomization.yaml', 'pod-monitors.yaml'].includes(name),
  );
  test.each(files)('%s keeps to the schemas of its kinds', async (file) => {
    for (const manifest of await manifests(file)) {
      const kind = KINDS[manifest.kind];
      if (kind === undefined) throw new Error(`no schema for ${manifest.kind}`);
      expect(() => new kind(manifest as never).validate()).not.toThrow();
    }
  });

  it('the schemas refuse what is wrong', () => {
    const wrong = { metadata: { name: 'x' }, spec: { replicas: 'two' } };
    expect(() => new apps.Deployment(wrong as never).validate()).toThrow();
  });

  it('all files are applied', async () => {
    expect([...parse(await read('kubernetes/kustomization.yaml')).resources].sort()).toEqual(files.sort());
  });

  test.each(['ingress.yaml', 'worker.yaml'])('%s: probes, no rights, time to end', async (file) => {
    const spec = await podOf(file);
    expect(spec).toMatchObject({
      securityContext: { runAsNonRoot: true },
      containers: [
        {
          livenessProbe: { httpGet: { path: '/health/live' } },
          readinessProbe: { httpGet: { path: '/health/ready' } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        },
      ],
    });
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(40);
  });
});

describe('deploy/compose', () => {
  it('starts an ingress, workers, and a Redis that keeps what it has', async () => {
    const { services, volumes } = parse(await read('compose/docker-compose.yml'), { merge: true });
    expect(Object.keys(services)).toEqual(['ingress', 'worker', 'redis', 'prometheus', 'grafana']);
    expect(services.ingress.command.at(-1)).toBe('serve');
    expect(services.worker).toMatchObject({
      read_only: true,
      environment: { ASR_REDIS_URL: 'redis://redis:6379' },
    });
    expect(services.redis.ports).toBeUndefined();
    for (const { volumes: mounts = [] } of Object.values<{ volumes?: string[] }>(services)) {
      for (const [source = ''] of mounts.map((mount) => mount.split(':'))) {
        if (source.startsWith('.')) await expect(isThere(`deploy/compose/${source}`)).resolves.toBe(true);
        else expect(volumes).toHaveProperty(source);
      }
    }
  });
});

describe('what many machines share', () => {
  const compose = async () => parse(await read('compose/docker-compose.yml'), { merge: true }).services;

  test.each([
    ['compose', async () => (await compose()).redis.command],
    ['kubernetes', async () => ((await podOf('redis.yaml')).containers[0] as { args: string[] }).args],
  ])(
    '%s: what was accepted survives a loss of power, as the server’s own check would have it',
    async (_, args) => {
      const all: string[] = await args();
      const setting = (name: string) => all[all.indexOf(name) + 1];
      const aof = setting('--appendonly') === 'yes' ? '1' : '0';
      expect(
        warningsOf({ policy: setting('--maxmemory-policy'), aof, fsync: setting('--appendfsync') }),
      ).toEqual([]);
    },
  );

  it('an ingress asks for keys, and has none of its own', async () => {
    const { ingress, worker } = await compose();
    expect(ingress.environment.ASR_AUTH).toMatch(/^\$\{ASR_AUTH:-on\}$/);
    const [container] = (await podOf('ingress.yaml')).containers;
    expect(container).toMatchObject({
      env: expect.arrayContaining([{ name: 'ASR_AUTH', value: 'on' }]),
      envFrom: [{ configMapRef: { name: 'sotto' } }],
    });
    const config = (await manifests('storage.yaml')).find(({ kind }) => kind === 'ConfigMap');
    expect(config).toMatchObject({ data: { ASR_REDIS_URL: expect.stringContaining('redis://') } });
    // As they are in Redis, no volume is for them.
    for (const mounts of [
      ingress.volumes,
      worker.volumes,
      (container as { volumeMounts: object[] }).volumeMounts,
    ]) {
      expect(JSON.stringify(mounts)).not.toContain('keys');
    }
  });
});

async function isThere(path: string): Promise<boolean> {
  await stat(path);
  return true;
}

describe('what is asked of Prometheus', () => {
  test.each([
    ['prometheus/sotto.rules.yml'],
    ['prometheus/sotto.rules.test.yml'],
    ['grafana/sotto.json'],
    ['kubernetes/autoscaler.yaml'],
  ])('%s: every metric is one that the server has', async (file) => {
    const metrics = createMetrics(createFakeService(), () => ({ queued: 1 }));
    const known = [...(await metrics.text()).matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    metrics.close();
    const names = new Set(
      known.flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name],
      ),
    );
    const text = (await read(file)).replaceAll('/etc/prometheus/sotto', '');
    const used = [...text.matchAll(/\bsotto_\w+/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(1);
    expect([...new Set(used)].filter((name) => !names.has(name))).toEqual([]);
  });

  const promtool = onPath('promtool');
  it.skipIf(promtool === undefined)(
    'promtool (Debian: prometheus) finds the rules right, and they fire when they should',
    () => {
      const run = (...args: string[]) =>
        execFileSync(promtool ?? '', args, { cwd: 'deploy/prometheus', encoding: 'utf8', stdio: 'pipe' });
      expect(run('check', 'config', 'prometheus.yml')).toContain('valid');
      expect(run('test', 'rules', 'sotto.rules.test.yml')).toContain('SUCCESS');
    },
  );
});
