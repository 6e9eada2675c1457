import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  KubernetesObject,
  V1Deployment,
  V1NetworkPolicy,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1Service,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { root } from '../../laptop/processes.cjs';

export const folder = join(root, 'infra', 'k8s');

/** An object with the file that it comes from. */
export interface Manifest {
  file: string;
  object: KubernetesObject;
}

/** The manifests of a file below infra/k8s. Throws where it isn't YAML. */
export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${file}: ${error.message}`);
    return { file, object: document.toJS() as KubernetesObject };
  });
}

/** The YAML files of a folder below infra/k8s, without those of folders within, as `kubectl apply -f` takes them. */
export function filesIn(name: string): string[] {
  return readdirSync(join(folder, name), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => join(name, entry.name));
}

/** All objects that are applied together, by kind. */
export interface Cluster {
  manifests: readonly Manifest[];
  deployments: readonly V1Deployment[];
  services: readonly V1Service[];
  claims: readonly V1PersistentVolumeClaim[];
  policies: readonly V1NetworkPolicy[];
  budgets: readonly V1PodDisruptionBudget[];
  /** What pods are made of, with the name of what makes them. */
  pods: readonly { name: string; template: V1PodTemplateSpec }[];
}

/** Sorts objects by kind. */
export function clusterOf(manifests: readonly Manifest[]): Cluster {
  const ofKind = <T extends KubernetesObject>(kind: string): T[] =>
    manifests.filter(({ object }) => object.kind === kind).map(({ object }) => object as T);
  const deployments = ofKind<V1Deployment>('Deployment');
  return {
    manifests,
    deployments,
    services: ofKind('Service'),
    claims: ofKind('PersistentVolumeClaim'),
    policies: ofKind('NetworkPolicy'),
    budgets: ofKind('PodDisruptionBudget'),
    pods: [
      ...deployments.map(({ metadata, spec }) => ({ name: metadata?.name ?? '', template: spec?.template ?? {} })),
      ...ofKind<V1Pod>('Pod').map((pod) => ({ name: pod.metadata?.name ?? '', template: pod })),
    ],
  };
}

export const nameOf = ({ metadata }: KubernetesObject): string => metadata?.name ?? '(no name)';
