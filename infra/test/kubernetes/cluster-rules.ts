import type { V1Deployment, V1NetworkPolicy, V1Service } from '@kubernetes/client-node';
import { processes } from '../../laptop/processes.cjs';
import { settingsOf } from '../settings';
import { type Cluster, nameOf } from './manifests';
import type { Rule } from './pod-rules';

/** The port of a process as the process table has it, by service. */
export const portOf = (service: string): number | undefined => processes.find(({ name }) => name === service)?.port;

const isPartOf = (labels: Record<string, string> = {}, selector: Record<string, string> = {}): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const podsBehind = ({ deployments }: Cluster, { spec }: V1Service): V1Deployment[] =>
  deployments.filter((deployment) => isPartOf(deployment.spec?.template.metadata?.labels, spec?.selector));

/** Service → pods → container port → what the process listens to: one broken link and nobody answers. */
const services: Rule = (cluster) =>
  cluster.services.flatMap((service) => {
    const name = nameOf(service);
    const [deployment, ...others] = podsBehind(cluster, service);
    if (!deployment || others.length > 0) return [`${name}: its selector must fit one deployment`];
    const [container] = deployment.spec?.template.spec?.containers ?? [];
    return (service.spec?.ports ?? []).flatMap(({ port, targetPort = port }) => {
      const target = container?.ports?.find((each) => each.name === targetPort || each.containerPort === targetPort);
      if (!target) return [`${name}: no container has the port ${targetPort}`];
      return target.containerPort === port ? [] : [`${name}: port ${port} leads to ${target.containerPort}`];
    });
  });

const ports: Rule = ({ pods }) =>
  pods.flatMap(({ name, template }) =>
    (template.spec?.containers ?? []).flatMap((container) => {
      const wanted = portOf(container.name);
      const isThere = container.ports?.some(({ containerPort }) => containerPort === wanted) ?? false;
      return isThere ? [] : [`${name}: ${container.name} listens to ${wanted}`];
    }),
  );

const selectors: Rule = ({ deployments }) =>
  deployments.flatMap(({ metadata, spec }) =>
    isPartOf(spec?.template.metadata?.labels, spec?.selector.matchLabels)
      ? []
      : [`${metadata?.name}: its selector doesn’t fit its own pods`],
  );

/** Several processes on one volume must share a node; a lone one must end before the next begins. */
const strategies: Rule = ({ deployments }) =>
  deployments.flatMap(({ metadata, spec }) => {
    const affinity = spec?.template.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const sharesNode = affinity.some(
      ({ topologyKey, labelSelector }) =>
        topologyKey === 'kubernetes.io/hostname' &&
        isPartOf(spec?.template.metadata?.labels, labelSelector?.matchLabels),
    );
    const isAlone = (spec?.replicas ?? 1) === 1;
    const isFine = isAlone ? spec?.strategy?.type === 'Recreate' : sharesNode;
    const { maxSurge, maxUnavailable } = spec?.strategy?.rollingUpdate ?? {};
    const isRolling = isAlone || (maxUnavailable === 0 && maxSurge === 1);
    return [
      ...(isFine ? [] : [`${metadata?.name}: two may have its data open, on two nodes`]),
      ...(isRolling ? [] : [`${metadata?.name}: its replicas must be replaced one by one, the new one first`]),
    ];
  });

const budgets: Rule = ({ deployments, budgets: all }) =>
  deployments.flatMap(({ metadata, spec }) => {
    const own = all.filter((budget) => isPartOf(spec?.template.metadata?.labels, budget.spec?.selector?.matchLabels));
    const isSeveral = (spec?.replicas ?? 1) > 1;
    if (isSeveral && own.length === 0) return [`${metadata?.name}: has replicas and no disruption budget`];
    // It would keep its node from ever being drained.
    return !isSeveral && own.length > 0 ? [`${metadata?.name}: has no replica to spare for a disruption budget`] : [];
  });

const claims: Rule = ({ pods, claims: all }) =>
  pods.flatMap(({ name, template }) =>
    (template.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
      claim === undefined || all.some((each) => nameOf(each) === claim.claimName)
        ? []
        : [`${name}: there is no claim ${claim.claimName}`],
    ),
  );

interface Call {
  from: V1Deployment;
  host: string;
  port: number;
}

/** All addresses that settings name. */
function callsOf({ deployments }: Cluster): Call[] {
  return deployments.flatMap((from) =>
    (from.spec?.template.spec?.containers[0]?.env ?? []).flatMap(({ value = '' }) =>
      [...value.matchAll(/http:\/\/([\w.-]+):(\d+)/g)].map(([, host = '', port]) => ({
        from,
        host,
        port: Number(port),
      })),
    ),
  );
}

const calls: Rule = (cluster) =>
  callsOf(cluster).flatMap(({ from, host, port }) => {
    const service = cluster.services.find((each) => nameOf(each) === host);
    const isThere = service?.spec?.ports?.some((each) => each.port === port) ?? false;
    return isThere ? [] : [`${nameOf(from)}: nobody listens at ${host}:${port}`];
  });

const isFor = (policy: V1NetworkPolicy, labels: Record<string, string> | undefined): boolean =>
  isPartOf(labels, policy.spec?.podSelector.matchLabels);

function isAllowed(policies: readonly V1NetworkPolicy[], from: V1Deployment, to: V1Deployment, port: number): boolean {
  const source = from.spec?.template.metadata?.labels;
  const target = to.spec?.template.metadata?.labels;
  const goesOut = policies.filter((policy) => isFor(policy, source)).flatMap(({ spec }) => spec?.egress ?? []);
  const comesIn = policies.filter((policy) => isFor(policy, target)).flatMap(({ spec }) => spec?.ingress ?? []);
  const fits = (peers: { podSelector?: { matchLabels?: Record<string, string> } }[] | undefined, labels = {}) =>
    peers === undefined || peers.some(({ podSelector }) => isPartOf(labels, podSelector?.matchLabels));
  const hasPort = ({ ports: all }: { ports?: { port?: unknown }[] }) => all?.some((each) => each.port === port) ?? true;
  return (
    goesOut.some((rule) => hasPort(rule) && fits(rule.to, target)) &&
    comesIn.some((rule) => hasPort(rule) && fits(rule.from, source))
  );
}

const neededCalls: Rule = (cluster) =>
  callsOf(cluster).flatMap(({ from, host, port }) => {
    const service = cluster.services.find((each) => nameOf(each) === host);
    const [to] = service ? podsBehind(cluster, service) : [];
    const isOpen = to !== undefined && isAllowed(cluster.policies, from, to, port);
    return isOpen ? [] : [`${nameOf(from)}: no policy lets it reach ${host}:${port}`];
  });

/** Nobody talks to anybody but for what a policy lets through; from outside only to these two. */
const openToAll = ['client', 'posts'];

const denied: Rule = ({ policies, deployments }) =>
  deployments.flatMap(({ metadata, spec }) => {
    const labels = spec?.template.metadata?.labels;
    const own = policies.filter((policy) => isFor(policy, labels));
    const isDenied = own.some(
      ({ spec: all }) =>
        all?.policyTypes?.includes('Ingress') && all.policyTypes.includes('Egress') && !all.ingress && !all.egress,
    );
    const fromAnywhere = own.flatMap((policy) => policy.spec?.ingress ?? []).some((rule) => !('from' in rule));
    const mayBeOpen = openToAll.includes(labels?.['app'] ?? '');
    return [
      ...(isDenied ? [] : [`${metadata?.name}: no policy denies what isn’t meant`]),
      ...(fromAnywhere && !mayBeOpen ? [`${metadata?.name}: is open to everybody`] : []),
    ];
  });

const settings: Rule = ({ pods }) =>
  pods.flatMap(({ name, template }) =>
    (template.spec?.containers ?? []).flatMap((container) => {
      const known = settingsOf(container.name);
      const unknown = (container.env ?? []).filter((each) => !known.has(each.name));
      return unknown.map((each) => `${name}: ${container.name} has no setting ${each.name}`);
    }),
  );

export const clusterRules: Record<string, Rule> = {
  services,
  ports,
  selectors,
  strategies,
  budgets,
  claims,
  calls,
  neededCalls,
  denied,
  settings,
};
