import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateKey, readPublicKey } from '@blog/kit';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { processes, root } from '../laptop/processes.cjs';
import { nameOf } from './kubernetes/manifests';
import { modelFaults } from './kubernetes/strict';

const services = [...new Set(processes.map(({ service }) => service))];

describe('the skaffold file', () => {
  interface Artifact {
    image: string;
    context: string;
    docker: { dockerfile: string; target?: string };
    sync?: { manual: { src: string; dest: string }[] };
  }
  const { apiVersion, build: settings } = parse(readFileSync(join(root, 'infra', 'skaffold.yaml'), 'utf8')) as {
    apiVersion: string;
    build: { local: { push: boolean }; artifacts: Artifact[] };
  };

  it('builds the image of each service here, and pushes none', () => {
    expect(apiVersion).toMatch(/^skaffold\/v4beta\d+$/);
    expect(settings.local.push).toBe(false);
    expect(settings.artifacts.map(({ image }) => image).sort()).toEqual(services.map((name) => `blog/${name}`).sort());
    for (const { context, docker } of settings.artifacts) {
      expect(existsSync(join(root, 'infra', context, docker.dockerfile))).toBe(true);
    }
  });

  it('copies the TypeScript of each service into the stage that has what runs it', () => {
    for (const { image, docker, sync } of settings.artifacts.filter(({ image }) => image !== 'blog/client')) {
      const name = image.replace('blog/', '');
      expect(docker.target).toBe('build');
      expect(sync?.manual.map(({ src }) => src)).toEqual([`${name}/src/**/*.ts`, 'common/*/src/**/*.ts']);
    }
  });
});

describe('npm run k8s:secrets', () => {
  const make = (): KubernetesObject & { stringData: Record<string, string> } => {
    const script = join(root, 'infra', 'laptop', 'kubernetes-secrets.mjs');
    const { stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    return parse(stdout) as KubernetesObject & { stringData: Record<string, string> };
  };

  it('makes the secret that the manifests ask for, anew each time', () => {
    const [first, second] = [make(), make()];
    expect(modelFaults(first)).toEqual([]);
    expect(nameOf(first)).toBe('blog-secrets');
    expect(Object.keys(first.stringData)).toEqual(['AUTH_PRIVATE_KEY', 'AUTH_PUBLIC_KEYS', 'BUS_SECRET']);
    const values = [first, second].flatMap(({ stringData }) => Object.values(stringData));
    expect(new Set(values).size).toBe(6);
    expect(values.filter((value) => value.length < 40)).toEqual([]);
    for (const { AUTH_PRIVATE_KEY, AUTH_PUBLIC_KEYS } of [first, second].map(({ stringData }) => stringData)) {
      expect(readPrivateKey(AUTH_PRIVATE_KEY ?? '').publicKey).toEqual(readPublicKey(AUTH_PUBLIC_KEYS ?? ''));
    }
  });
});
