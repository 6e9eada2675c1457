import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { processes } from '../laptop/processes.cjs';
import { filesIn, folder, nameOf } from './kubernetes/manifests';
import { modelFaults } from './kubernetes/strict';

const services = [...new Set(processes.map(({ service }) => service))];

function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

function build(overlay: string, ...options: string[]): KubernetesObject[] {
  const args = ['kustomize', ...options, join(folder, 'overlays', overlay)];
  return objectsOf(execFileSync('kubectl', args, { encoding: 'utf8' }));
}

const namesOf = (objects: KubernetesObject[]): string[] => objects.map((each) => `${each.kind} ${nameOf(each)}`).sort();

describe('kubectl kustomize', () => {
  it('makes the ingress, with the address that readers come by', () => {
    const objects = build('ingress');
    expect(namesOf(objects)).toEqual(['ConfigMap blog-config', 'Ingress blog']);
    expect(objects.flatMap(modelFaults)).toEqual([]);
    expect(objects.find(({ kind }) => kind === 'ConfigMap')).toMatchObject({
      data: { PUBLIC_URL: 'http://posts.com' },
    });
  });

  it('makes the route of the Gateway API', () => {
    expect(namesOf(build('ingress/gateway'))).toEqual(['HTTPRoute blog']);
  });

  it('makes comments that may run on several nodes, as their database is a server', () => {
    const objects = build('postgres', '--load-restrictor', 'LoadRestrictionsNone');
    const applied = objectsOf(readFileSync(join(folder, 'comments-depl.yaml'), 'utf8'));
    const expected = namesOf(applied).map((name) =>
      name === 'PersistentVolumeClaim comments-data' ? 'NetworkPolicy blog-comments-database' : name,
    );
    expect(namesOf(objects)).toEqual(expected.sort());
    expect(objects.flatMap(modelFaults)).toEqual([]);
    const spec = objects.find((one): one is V1Deployment => one.kind === 'Deployment')?.spec?.template.spec;
    expect(spec?.affinity?.podAffinity).toBeUndefined();
    expect(spec?.volumes).toEqual([{ name: 'data', emptyDir: {} }]);
    const url = spec?.containers[0]?.env?.find(({ name }) => name === 'DATABASE_URL')?.valueFrom?.secretKeyRef;
    // Not optional: without it the replicas would each keep comments of their own.
    expect(url).toEqual({ name: 'comments-database', key: 'DATABASE_URL' });
  });

  it('makes what development runs: all of infra/k8s, the services from their source', () => {
    const objects = build('dev', '--load-restrictor', 'LoadRestrictionsNone');
    const applied = filesIn('').flatMap((file) => objectsOf(readFileSync(join(folder, file), 'utf8')));
    expect(namesOf(objects)).toEqual(namesOf(applied));
    expect(objects.flatMap(modelFaults)).toEqual([]);
    const deployments = objects.filter(({ kind }) => kind === 'Deployment') as V1Deployment[];
    const fromSource = deployments.filter(({ spec }) =>
      spec?.template.spec?.containers[0]?.command?.at(-1)?.includes('ts-node/register'),
    );
    expect(fromSource.map((each) => nameOf(each).replace('-depl', '')).sort()).toEqual(
      services.filter((service) => service !== 'client').sort(),
    );
  });
});
