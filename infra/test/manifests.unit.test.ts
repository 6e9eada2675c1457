import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Deployment } from '@kubernetes/client-node';
import { clusterRules } from './kubernetes/cluster-rules';
import { type Cluster, clusterOf, filesIn, folder, nameOf, readManifests } from './kubernetes/manifests';
import { applied, changed, faultsBy, inComments, inPosts, readAll, specOf } from './kubernetes/plant';
import { podRules } from './kubernetes/pod-rules';
import { modelFaults } from './kubernetes/strict';

const all = [...applied, ...filesIn('examples'), 'overlays/ingress/ingress.yaml', 'overlays/ingress/blog-config.yaml'];

describe('the manifests', () => {
  it.each(all)('%s holds only what the API knows, and all that it needs', (file) => {
    expect(readManifests(file).flatMap(({ object }) => modelFaults(object))).toEqual([]);
  });

  it('keep all rules together', () => {
    const cluster = clusterOf(readAll(applied));
    expect(cluster.deployments).toHaveLength(6);
    expect(faultsBy({ ...podRules, ...clusterRules }, cluster)).toEqual([]);
  });

  it('keep the rules for pods in the examples, too', () => {
    const cluster = clusterOf(readAll(filesIn('examples')));
    expect(cluster.pods).toHaveLength(1);
    expect(faultsBy({ ...podRules, ports: clusterRules['ports'] ?? (() => []) }, cluster)).toEqual([]);
  });

  it('can be applied as a folder: a kustomization.yaml in it would be taken for an object', () => {
    expect(existsSync(join(folder, 'kustomization.yaml'))).toBe(false);
    expect(readdirSync(folder).filter((name) => /\.(json|yml)$/.test(name))).toEqual([]);
  });

  it('have the names of the course', () => {
    const names = Object.fromEntries(
      applied.map((file) => [file, readManifests(file).map(({ object }) => `${object.kind} ${nameOf(object)}`)]),
    );
    const aliased = ['comments', 'query', 'moderation', 'event-bus'];
    for (const name of aliased) {
      const expected = [`Deployment ${name}-depl`, `Service ${name}-srv`, `Service ${name}-clusterip-srv`];
      expect(names[`${name}-depl.yaml`]).toEqual(expect.arrayContaining(expected));
    }
    expect(names['posts-depl.yaml']).toEqual(
      expect.arrayContaining(['Deployment posts-depl', 'Service posts-clusterip-srv']),
    );
    expect(names['posts-srv.yaml']).toEqual(['Service posts-srv']);
    expect(names['client-depl.yaml']).toEqual(expect.arrayContaining(['Deployment client-depl', 'Service client-srv']));
    expect(readManifests('posts-srv.yaml')[0]?.object).toMatchObject({
      spec: { type: 'NodePort', ports: [{ port: 4000, nodePort: 31495 }] },
    });
    expect(readManifests('client-srv.yaml')[0]?.object).toMatchObject({
      spec: { type: 'NodePort', ports: [{ port: 3000, nodePort: 30300 }] },
    });
    expect(readManifests('examples/posts.yaml')[0]?.object).toMatchObject({ kind: 'Pod', metadata: { name: 'posts' } });
  });

  it('bring an ingress and a route to a service that is there', () => {
    const { services } = clusterOf(readAll(applied));
    const client = services.find((service) => nameOf(service) === 'client-srv');
    const backend = { name: 'client-srv', port: { number: client?.spec?.ports?.[0]?.port } };
    expect(readManifests('overlays/ingress/ingress.yaml')[0]?.object).toMatchObject({
      spec: { rules: [{ host: 'posts.com', http: { paths: [{ backend: { service: backend } }] } }] },
    });
    expect(readManifests('overlays/ingress/gateway/http-route.yaml')[0]?.object).toMatchObject({
      spec: { hostnames: ['posts.com'], rules: [{ backendRefs: [{ name: 'client-srv', port: backend.port.number }] }] },
    });
  });
});

describe('a fault in the manifests is found', () => {
  it.each<[string, (container: Record<string, unknown>) => void, RegExp]>([
    ['a misspelt field', (container) => (container['containerport'] = 4000), /containerport: there is no such field/],
    ['a field at the wrong depth', (container) => (container['replicas'] = 3), /replicas: there is no such field/],
    ['a word that is no policy', (container) => (container['imagePullPolicy'] = 'Sometimes'), /imagePullPolicy/],
    ['a number as text', (container) => (container['ports'] = [{ containerPort: '4000' }]), /containerPort: must be a/],
    ['text in place of a list', (container) => (container['command'] = 'node'), /command: must be a list/],
    ['a name that is missing', (container) => delete container['name'], /name/],
  ])('%s', (_title, change, fault) => {
    const { manifests } = inPosts((container) => change(container as unknown as Record<string, unknown>));
    expect(manifests.flatMap(({ object }) => modelFaults(object)).join('\n')).toMatch(fault);
  });

  it('a kind, or a version of one, that there is not', () => {
    expect(modelFaults({ apiVersion: 'extensions/v1beta1', kind: 'Deployment' })).toHaveLength(1);
    expect(modelFaults({ apiVersion: 'apps/v1', kind: 'Deploiment' })).toHaveLength(1);
  });

  it.each<[string, Cluster, string]>([
    ['root', inPosts((_, pod) => (pod.securityContext = { runAsUser: 0 })), 'must run as non-root'],
    ['a writable file system', inPosts((own) => delete own.securityContext?.readOnlyRootFilesystem), 'read-only'],
    ['capabilities', inPosts((own) => delete own.securityContext?.capabilities), 'must drop all capabilities'],
    ['escalation', inPosts((own) => delete own.securityContext?.allowPrivilegeEscalation), 'privilege escalation'],
    ['no seccomp profile', inPosts((_, pod) => delete pod.securityContext?.seccompProfile), 'seccomp'],
    ['the host’s folders', inPosts((_, pod) => pod.volumes?.push({ name: 'x', hostPath: { path: '/' } })), 'host’s'],
    ['a token', inPosts((_, pod) => delete pod.automountServiceAccountToken), 'service account’s token'],
    ['no readiness', inPosts((own) => delete own.readinessProbe), 'no readiness probe'],
    [
      'liveness by readiness',
      inPosts((own) => (own.livenessProbe = { httpGet: { path: '/readyz', port: 4000 } })),
      'liveness probe must ask /healthz',
    ],
    [
      'a probe of no port',
      inPosts((own) => (own.startupProbe = { httpGet: { path: '/healthz', port: 'web' } })),
      'a port that there isn’t: web',
    ],
    ['no limit', inPosts((own) => delete own.resources?.limits?.['memory']), 'has no limits of memory'],
    ['an image of somebody else', inPosts((own) => (own.image = 'nginx')), 'image of its service'],
    ['a pull each time', inPosts((own) => delete own.imagePullPolicy), 'IfNotPresent'],
    ['no volume', inPosts((own) => (own.volumeMounts = [])), 'mounts no /data'],
    [
      'a secret that must be there',
      inPosts(
        (own) => delete own.env?.find(({ name }) => name === 'AUTH_PUBLIC_KEYS')?.valueFrom?.secretKeyRef?.optional,
      ),
      'cannot start without AUTH_PUBLIC_KEYS',
    ],
    [
      'the private key where tokens are only verified',
      inPosts((own) =>
        own.env?.push({
          name: 'AUTH_PRIVATE_KEY',
          valueFrom: { secretKeyRef: { name: 'blog-secrets', key: 'AUTH_PRIVATE_KEY', optional: true } },
        }),
      ),
      'must not have the private key',
    ],
    [
      'a whole secret',
      inPosts((own) => own.envFrom?.push({ secretRef: { name: 'blog-secrets', optional: true } })),
      'must not have all of a secret',
    ],
    [
      'a secret in the open',
      inPosts((own) => own.env?.push({ name: 'BUS_SECRET', value: 'x' })),
      'must be in a secret',
    ],
    ['no pause before the end', inComments((own) => delete own.lifecycle), 'no pause before it is told to end'],
    [
      'a pause while nobody else serves',
      inPosts(
        (own) => (own.lifecycle = { preStop: { exec: { command: ['node', '-e', 'setTimeout(() => {}, 5000)'] } } }),
      ),
      'must not pause before its end: nobody else serves meanwhile',
    ],
    [
      'too little time to end after the pause',
      inComments((_, pod) => (pod.terminationGracePeriodSeconds = 15)),
      'killed before it can end',
    ],
    [
      'a start that is noticed late',
      inPosts((own) => own.startupProbe && (own.startupProbe.periodSeconds = 2)),
      'its startup probe must ask each second',
    ],
    [
      'a process that is ready and noticed late',
      inPosts((own) => own.readinessProbe && delete own.readinessProbe.periodSeconds),
      'its readiness probe must ask each second',
    ],
    [
      'replicas that are ended before others are ready',
      inComments((_, _pod, { spec }) => delete spec?.strategy?.rollingUpdate),
      'must be replaced one by one',
    ],
    [
      'too little time to end',
      inPosts((_, pod) => (pod.terminationGracePeriodSeconds = 10)),
      'killed before it can end',
    ],
    ['two writers', inPosts((_, _pod, { spec }) => delete spec?.strategy), 'two may have its data open'],
    [
      'replicas on other nodes',
      changed('Deployment', 'comments-depl', (one: V1Deployment) => delete specOf(one).affinity),
      'two may have',
    ],
    [
      'no budget',
      changed(
        'PodDisruptionBudget',
        'comments',
        (one: { spec: { selector: unknown } }) => (one.spec.selector = { matchLabels: { app: 'x' } }),
      ),
      'no disruption budget',
    ],
    [
      'a claim that is not there',
      changed(
        'PersistentVolumeClaim',
        'posts-data',
        (one: { metadata: { name: string } }) => (one.metadata.name = 'x'),
      ),
      'there is no claim posts-data',
    ],
    [
      'a service of nobody',
      changed('Service', 'posts-srv', (one: { spec: { selector: unknown } }) => (one.spec.selector = { app: 'pots' })),
      'must fit one deployment',
    ],
    [
      'a service to no port',
      changed(
        'Service',
        'posts-srv',
        (one: { spec: { ports: unknown[] } }) => (one.spec.ports = [{ port: 4000, targetPort: 'web' }]),
      ),
      'no container has the port web',
    ],
    ['another port', inPosts((own) => (own.ports = [{ name: 'http', containerPort: 4001 }])), 'posts listens to 4000'],
    [
      'an address of nobody',
      inPosts((own) => own.env?.push({ name: 'EVENT_BUS_URL', value: 'http://event-bus:4005' })),
      'nobody listens at event-bus:4005',
    ],
    [
      'a way that is closed',
      changed('NetworkPolicy', 'blog-posts', (one: { spec: { egress: unknown[] } }) => (one.spec.egress = [])),
      'no policy lets it reach event-bus-srv',
    ],
    [
      'an open bus',
      changed('NetworkPolicy', 'blog-event-bus', (one: { spec: { ingress: unknown[] } }) => one.spec.ingress.push({})),
      'is open to everybody',
    ],
    [
      'no denial',
      changed(
        'NetworkPolicy',
        'blog-nobody',
        (one: { spec: { podSelector: unknown; policyTypes: string[] } }) =>
          (one.spec = { podSelector: { matchLabels: { app: 'x' } }, policyTypes: [] }),
      ),
      'no policy denies',
    ],
    [
      'a setting of nobody',
      inPosts((own) => own.env?.push({ name: 'EVENTBUS_URL', value: 'x' })),
      'has no setting EVENTBUS_URL',
    ],
  ])('%s', (_title, cluster, fault) => {
    const faults = faultsBy({ ...podRules, ...clusterRules }, cluster);
    expect(faults.join('\n')).toContain(fault);
  });
});
