import type { V1Container, V1PodSpec, V1Probe } from '@kubernetes/client-node';
import type { Cluster } from './manifests';

/** A rule says what is wrong, one text per fault. */
export type Rule = (cluster: Cluster) => string[];

type PodRule = (pod: V1PodSpec, container: V1Container) => (string | false)[];

/** What a process takes at most to end, in seconds. */
const longestEndSeconds = 10;

const forEachContainer =
  (rule: PodRule): Rule =>
  ({ pods }) =>
    pods.flatMap(({ name, template }) =>
      (template.spec?.containers ?? []).flatMap((container) =>
        rule(template.spec as V1PodSpec, container)
          .filter((fault) => fault !== false)
          .map((fault) => `${name}: ${fault}`),
      ),
    );

/** Pod Security Standards, "restricted", and a file system that can't be written to. */
const restricted = forEachContainer((pod, { securityContext: own }) => {
  const shared = pod.securityContext;
  return [
    shared?.runAsNonRoot !== true && 'must run as non-root',
    !(Number(shared?.runAsUser) > 0) && 'must have a numeric user other than root',
    own?.runAsUser === 0 && 'a container must not be root',
    own?.runAsNonRoot === false && 'a container must not be root',
    shared?.seccompProfile?.type !== 'RuntimeDefault' && 'must have the default seccomp profile',
    own?.allowPrivilegeEscalation !== false && 'must not allow privilege escalation',
    own?.privileged === true && 'must not be privileged',
    own?.capabilities?.drop?.includes('ALL') !== true && 'must drop all capabilities',
    (own?.capabilities?.add ?? []).length > 0 && 'must not add capabilities',
    own?.readOnlyRootFilesystem !== true && 'must have a read-only root file system',
    (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) && 'must not share what is the host’s',
    (pod.volumes ?? []).some(({ hostPath }) => hostPath !== undefined) && 'must not mount the host’s folders',
  ];
});

const withoutToken = forEachContainer((pod) => [
  pod.automountServiceAccountToken !== false && 'must not mount a service account’s token',
  pod.enableServiceLinks !== false && 'must not get the variables of all services',
]);

function probeFaults(words: string, probe: V1Probe | undefined, path: string, { ports = [] }: V1Container): string[] {
  const request = probe?.httpGet;
  if (!request) return [`has no ${words} probe`];
  const isPort = ports.some(({ name, containerPort }) => request.port === name || request.port === containerPort);
  return [
    ...(request.path === path ? [] : [`its ${words} probe must ask ${path}`]),
    ...(isPort ? [] : [`its ${words} probe asks a port that there isn’t: ${request.port}`]),
  ];
}

/** Liveness must not depend on others: a peer that is away would have all restarted. */
const probes = forEachContainer((_pod, container) => [
  ...probeFaults('startup', container.startupProbe, '/healthz', container),
  ...probeFaults('liveness', container.livenessProbe, '/healthz', container),
  ...probeFaults('readiness', container.readinessProbe, '/readyz', container),
]);

const resources = forEachContainer((_pod, container) =>
  (['requests', 'limits'] as const).flatMap((kind) =>
    ['cpu', 'memory'].map((what) => container.resources?.[kind]?.[what] === undefined && `has no ${kind} of ${what}`),
  ),
);

const images = forEachContainer((_pod, { image = '', imagePullPolicy, name }) => [
  image.split(':')[0] !== `blog/${name}` && `must run the image of its service: ${image}`,
  imagePullPolicy !== 'IfNotPresent' && 'must take an image that is there already (IfNotPresent)',
]);

const volumes = forEachContainer((pod, { volumeMounts = [] }) => [
  volumeMounts.every(({ mountPath }) => mountPath !== '/data') && 'mounts no /data',
  ...volumeMounts.map(
    ({ name }) => !(pod.volumes ?? []).some((volume) => volume.name === name) && `mounts ${name}, which isn’t there`,
  ),
]);

/** Without secrets everything starts, and what needs a role says how to make them. */
const optionalSecrets = forEachContainer((_pod, { env = [], envFrom = [] }) => [
  ...env.map(({ name, valueFrom }) => {
    const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
    return reference !== undefined && reference.optional !== true && `cannot start without ${name}`;
  }),
  ...envFrom.map(({ configMapRef, secretRef }) => {
    const reference = configMapRef ?? secretRef;
    return reference?.optional !== true && `cannot start without ${reference?.name}`;
  }),
  ...env.map(
    ({ name, value }) => value !== undefined && /SECRET|PRIVATE_KEY/.test(name) && `${name} must be in a secret`,
  ),
]);

/** Who has the private key may be anybody: it is the client's alone, and nobody gets a whole secret with all that is in it. */
const privateKey = forEachContainer((_pod, { name: container, env = [], envFrom = [] }) => [
  container !== 'client' && env.some(({ name }) => name === 'AUTH_PRIVATE_KEY') && 'must not have the private key',
  envFrom.some(({ secretRef }) => secretRef) && 'must not have all of a secret',
]);

/** The seconds for which a pod goes on before it is told to end. */
function pauseOf({ lifecycle }: V1Container): number {
  const command = lifecycle?.preStop?.exec?.command ?? [];
  return Number(/setTimeout\(.*, (\d+)\)/.exec(command.at(-1) ?? '')?.[1] ?? 0) / 1000;
}

/**
 * A pod that is deleted leaves its Services at once. Where others serve, it goes on until all nodes know that; where it
 * is alone, each second of that is one in which nobody answers. Both then have the time to finish.
 */
const draining: Rule = ({ deployments }) =>
  deployments.flatMap(({ metadata, spec }) => {
    const pod = spec?.template.spec;
    const [container] = pod?.containers ?? [];
    const isAlone = (spec?.replicas ?? 1) === 1;
    const pauseSeconds = container ? pauseOf(container) : 0;
    const grace = pod?.terminationGracePeriodSeconds ?? 30;
    const faults = [
      isAlone && container?.lifecycle?.preStop && 'must not pause before its end: nobody else serves meanwhile',
      !isAlone && pauseSeconds < 3 && 'has no pause before it is told to end (preStop)',
      grace <= pauseSeconds + longestEndSeconds && 'is killed before it can end',
    ];
    return faults.filter(Boolean).map((fault) => `${metadata?.name}: ${fault}`);
  });

/** A probe's period is time in which a process could serve already and gets no request. */
const startsAreNoticed = forEachContainer((_pod, { startupProbe, readinessProbe }) => [
  startupProbe?.periodSeconds !== 1 && 'its startup probe must ask each second',
  readinessProbe?.periodSeconds !== 1 && 'its readiness probe must ask each second',
  // Three seconds, the default, would be a short pause of a process under load.
  (readinessProbe?.failureThreshold ?? 3) < 10 && 'its readiness probe gives up too soon',
]);

export const podRules: Record<string, Rule> = {
  restricted,
  withoutToken,
  probes,
  resources,
  images,
  volumes,
  optionalSecrets,
  privateKey,
  draining,
  startsAreNoticed,
};
