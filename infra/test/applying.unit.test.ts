import type { KubernetesObject, V1NetworkPolicy, V1Service } from '@kubernetes/client-node';
import { applyRules } from './kubernetes/apply-rules';
import { type Cluster, clusterOf, filesIn, type Manifest, readManifests } from './kubernetes/manifests';
import { applied, changed, faultsBy, inPosts, readAll } from './kubernetes/plant';

const folders = ['', 'examples', 'overlays/postgres', 'overlays/ingress', 'overlays/ingress/gateway'];

describe('applying the manifests', () => {
  it.each(folders)(
    'from infra/k8s/%s again changes nothing; nothing waits for what comes later in its file',
    (name) => {
      const cluster = clusterOf(readAll(filesIn(name)));
      expect(cluster.manifests.length).toBeGreaterThan(0);
      expect(faultsBy(applyRules, cluster)).toEqual([]);
    },
  );
});

/** The route of the Gateway API, with one thing changed. */
function changedRoute(change: (spec: { parentRefs: object[]; rules: Record<string, object[]>[] }) => void): Cluster {
  const manifests = readManifests('overlays/ingress/gateway/http-route.yaml');
  change((manifests[0]?.object as { spec?: unknown }).spec as never);
  return clusterOf(manifests);
}

/** A file with its last object first, or its first one last. */
function reordered(file: string, move: (manifests: Manifest[]) => Manifest[]): Cluster {
  return clusterOf([...readAll(applied.filter((each) => each !== file)), ...move(readManifests(file))]);
}

const firstLast = ([first, ...others]: Manifest[]): Manifest[] => (first ? [...others, first] : others);

const eachPolicy = [
  ...new Set(readManifests('network-policies.yaml').map(({ object }) => object.metadata?.name ?? '')),
];
const portsOf = ({ spec }: V1NetworkPolicy) =>
  [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].flatMap(({ ports = [] }) => ports);

describe('what a second apply would change', () => {
  it.each(eachPolicy.filter((name) => name !== 'blog-nobody'))('is found: a port without protocol in %s', (name) => {
    const count = portsOf(
      readManifests('network-policies.yaml').find(({ object }) => object.metadata?.name === name)
        ?.object as V1NetworkPolicy,
    ).length;
    expect(count).toBeGreaterThan(0);
    for (let index = 0; index < count; index += 1) {
      const cluster = changed('NetworkPolicy', name, (one: V1NetworkPolicy) => delete portsOf(one)[index]?.protocol);
      expect(faultsBy(applyRules, cluster)).toEqual([`${name}: ports must say protocol, or each apply changes it`]);
    }
  });

  it.each<[string, Cluster, string]>([
    [
      'a parent without kind',
      changedRoute(({ parentRefs: [one] }) => Reflect.deleteProperty(one ?? {}, 'kind')),
      'kind',
    ],
    [
      'a backend without weight',
      changedRoute(({ rules: [rule] }) => Reflect.deleteProperty(rule?.['backendRefs']?.[0] ?? {}, 'weight')),
      'weight',
    ],
    ['a rule without matches', changedRoute(({ rules: [rule] }) => delete rule?.['matches']), 'matches'],
  ])('is found: %s in a route', (_title, cluster, field) => {
    expect(faultsBy(applyRules, cluster).join('\n')).toContain(`must say ${field}`);
  });

  it.each(['1000m', '1024Mi', '2048Ki', '0.5', '1e3'])(
    'is found: a quantity that the API writes otherwise, %s',
    (cpu) => {
      const cluster = inPosts((container) => (container.resources = { limits: { cpu, memory: '256Mi' } }));
      expect(faultsBy(applyRules, cluster).join('\n')).toContain(`the API writes ${cpu} in another way`);
    },
  );
});

describe('an object that stands too late in its file', () => {
  const withClaims = applied.filter((file) =>
    readManifests(file).some(({ object }: { object: KubernetesObject }) => object.kind === 'PersistentVolumeClaim'),
  );

  it('could be a claim of each service', () => {
    expect(withClaims).toHaveLength(6);
  });

  it.each(withClaims)('is found: the claim in %s', (file) => {
    expect(faultsBy(applyRules, reordered(file, firstLast)).join('\n')).toContain(`must stand in ${file} before`);
  });
});

describe('a service that hides the addresses of readers', () => {
  it.each(['NodePort', 'LoadBalancer'])('is found: one of the type %s', (type) => {
    const cluster = changed('Service', 'client-nodeport-srv', (one: V1Service) => {
      one.spec = { ...one.spec, type, externalTrafficPolicy: 'Cluster' };
    });
    expect(faultsBy(applyRules, cluster).join('\n')).toContain('client-nodeport-srv: hides readers’ addresses');
  });
});
