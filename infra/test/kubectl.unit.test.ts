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

const kubectl = (...args: string[]): string => execFileSync('kubectl', args, { encoding: 'utf8', stdio: 'pipe' });

const build = (overlay: string, ...options: string[]): KubernetesObject[] =>
  objectsOf(kubectl('kustomize', ...options, join(folder, 'overlays', overlay)));

/** Debian 12 has 1.20. From the next version on kustomize may read files outside of its folder. */
const isBefore121 = !kubectl('kustomize', '--help').includes('--load-restrictor');

const namesOf = (objects: KubernetesObject[]): string[] => objects.map((each) => `${each.kind} ${nameOf(each)}`).sort();

describe('kubectl kustomize', () => {
  it('makes the ingress, with the address that readers come by', () => {
    const objects = build('ingress');
    expect(namesOf(objects)).toEqual(['ConfigMap blog-config', 'Ingress blog']);
    expect(objects.flatMap(modelFaults)).toEqual([]);
    expect(objects.find(({ kind }) => kind === 'ConfigMap')).toMatchObject({
      data: { PUBLIC_URL: 'http://posts.com', POSTS_WRITE: 'authors' },
    });
  });

  it('makes the route of the Gateway API', () => {
    expect(namesOf(build('ingress/gateway'))).toEqual(['ConfigMap blog-config', 'HTTPRoute blog']);
  });

  it('makes comments that may run on several nodes, as their database is a server', () => {
    const objects = build('postgres');
    expect(namesOf(objects)).toEqual(['Deployment comments-depl', 'NetworkPolicy blog-comments-database']);
    expect(objects.flatMap(modelFaults)).toEqual([]);
  });

  it('makes what development runs, from 1.21 on: all of infra/k8s, the services from their source', () => {
    const option = ['--load-restrictor', 'LoadRestrictionsNone'];
    if (isBefore121) return expect(() => build('dev', ...option)).toThrow('unknown flag: --load-restrictor');
    const objects = build('dev', ...option);
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
