import type { V1Container, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import { type Cluster, clusterOf, filesIn, type Manifest, nameOf, readManifests } from './manifests';
import type { Rule } from './pod-rules';

/** The files that `kubectl apply -f infra/k8s/` takes. */
export const applied = filesIn('');

export const readAll = (files: readonly string[]): Manifest[] => files.flatMap(readManifests);

export const faultsBy = (rules: Record<string, Rule>, cluster: Cluster): string[] =>
  Object.values(rules).flatMap((rule) => rule(cluster));

/** The cluster as it is applied, with one thing changed. */
export function changed(kind: string, name: string, change: (object: never) => void): Cluster {
  const manifests = readAll(applied);
  const found = manifests.find(({ object }) => object.kind === kind && nameOf(object) === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  change(found.object as never);
  return clusterOf(manifests);
}

export function specOf(deployment: V1Deployment): V1PodSpec {
  const spec = deployment.spec?.template.spec;
  if (!spec) throw new Error('The deployment has no pods');
  return spec;
}

export function containerOf(deployment: V1Deployment): V1Container {
  const [container] = specOf(deployment).containers;
  if (!container) throw new Error('The pod has no container');
  return container;
}

type ChangePods = (container: V1Container, pod: V1PodSpec, deployment: V1Deployment) => void;

const inDeployment =
  (name: string) =>
  (change: ChangePods): Cluster =>
    changed('Deployment', name, (deployment: V1Deployment) =>
      change(containerOf(deployment), specOf(deployment), deployment),
    );

/** Changes a service that runs once. */
export const inPosts = inDeployment('posts-depl');
/** Changes one that has replicas. */
export const inComments = inDeployment('comments-depl');
