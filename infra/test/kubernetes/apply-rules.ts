import type { KubernetesObject, V1NetworkPolicy, V1Service } from '@kubernetes/client-node';
import { nameOf } from './manifests';
import type { Rule } from './pod-rules';

/** A list as the API replaces it: as a whole, so that a field which the server adds to an entry differs at each apply. */
interface WholeList {
  path: string;
  entries: object[];
  /** The fields that the server fills in where they are missing. */
  defaulted: string[];
}

interface RouteSpec {
  parentRefs?: object[];
  rules?: { matches?: object[]; backendRefs?: object[] }[];
}

function listsOf(object: KubernetesObject): WholeList[] {
  if (object.kind === 'NetworkPolicy') {
    const { egress = [], ingress = [] } = (object as V1NetworkPolicy).spec ?? {};
    const entries = [...ingress, ...egress].flatMap(({ ports = [] }) => ports);
    return [{ path: 'ports', entries, defaulted: ['protocol'] }];
  }
  if (object.kind === 'HTTPRoute') {
    const { parentRefs = [], rules = [] } = (object as { spec?: RouteSpec }).spec ?? {};
    const backendRefs = rules.flatMap((rule) => rule.backendRefs ?? []);
    const matches = rules.map((rule) => ({ ...rule }));
    return [
      { path: 'parentRefs', entries: parentRefs, defaulted: ['group', 'kind'] },
      { path: 'rules', entries: matches, defaulted: ['matches'] },
      { path: 'backendRefs', entries: backendRefs, defaulted: ['group', 'kind', 'weight'] },
    ];
  }
  return [];
}

/** Otherwise the same file applied again says `configured`, and nobody sees what has really changed. */
const defaults: Rule = ({ manifests }) =>
  manifests.flatMap(({ object }) =>
    listsOf(object).flatMap(({ path, entries, defaulted }) =>
      entries.flatMap((entry) =>
        defaulted
          .filter((field) => !(field in entry))
          .map((field) => `${nameOf(object)}: ${path} must say ${field}, or each apply changes it`),
      ),
    ),
  );

/** How the API writes a quantity: 1 rather than 1000m, 1Gi rather than 1024Mi. */
function isCanonical(quantity: string): boolean {
  const [, number = '', unit = ''] = /^(\d+)(m|Ki|Mi|Gi|)$/.exec(quantity) ?? [];
  const step = unit === 'm' ? 1000 : 1024;
  return number !== '' && (unit === '' || unit === 'Gi' || Number(number) % step !== 0);
}

function quantitiesIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return ['cpu', 'memory', 'storage'].includes(key) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => quantitiesIn(one, name));
}

const quantities: Rule = ({ manifests }) =>
  manifests.flatMap(({ object }) =>
    quantitiesIn(object)
      .filter((quantity) => !isCanonical(quantity))
      .map((quantity) => `${nameOf(object)}: the API writes ${quantity} in another way, so each apply changes it`),
  );

/** Kinds that others can't start without: a pod whose claim comes later is reported as one that can't be scheduled. */
const comeFirst = ['ConfigMap', 'PersistentVolumeClaim'];

/** `kubectl apply -f` takes the files by name and the objects of each in their order. */
const order: Rule = ({ manifests }) =>
  manifests.flatMap(({ file, object }, index) => {
    const isLate = manifests
      .slice(0, index)
      .some((earlier) => earlier.file === file && !comeFirst.includes(earlier.object.kind ?? ''));
    return comeFirst.includes(object.kind ?? '') && isLate
      ? [`${nameOf(object)}: must stand in ${file} before what needs it`]
      : [];
  });

/** What counts requests by the readers' addresses. */
const countsAddresses = ['client'];

const isFromOutside = ({ spec }: V1Service): boolean => ['NodePort', 'LoadBalancer'].includes(spec?.type ?? '');

/** Otherwise the node puts its own address in place of the reader's, and all readers share one limit. */
const addresses: Rule = ({ services }) =>
  services
    .filter(({ spec }) => countsAddresses.includes(spec?.selector?.['app'] ?? ''))
    .filter((service) => isFromOutside(service) && service.spec?.externalTrafficPolicy !== 'Local')
    .map((service) => `${nameOf(service)}: hides readers’ addresses (externalTrafficPolicy: Local)`);

/** Rules about what applying the manifests does, the first time and again. */
export const applyRules: Record<string, Rule> = { defaults, quantities, order, addresses };
