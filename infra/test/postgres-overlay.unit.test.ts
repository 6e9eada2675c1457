import type { V1Deployment } from '@kubernetes/client-node';
import { readManifests } from './kubernetes/manifests';
import { containerOf, specOf } from './kubernetes/plant';
import { modelFaults } from './kubernetes/strict';

const deploymentIn = (file: string): V1Deployment => {
  const found = readManifests(file).find(({ object }) => object.kind === 'Deployment');
  if (!found) throw new Error(`${file} has no deployment`);
  return found.object;
};

describe('the comments with PostgreSQL', () => {
  const overlay = () => deploymentIn('overlays/postgres/comments-depl.yaml');

  it('hold only what the API knows', () => {
    expect(readManifests('overlays/postgres/comments-depl.yaml').flatMap(({ object }) => modelFaults(object))).toEqual(
      [],
    );
  });

  it('need their database’s address, or each replica would keep comments of its own', () => {
    const url = containerOf(overlay()).env?.find(({ name }) => name === 'DATABASE_URL')?.valueFrom?.secretKeyRef;
    expect(url).toEqual({ name: 'comments-database', key: 'DATABASE_URL' });
  });

  it('share no file, so they may run on several nodes', () => {
    expect(specOf(overlay()).volumes).toEqual([{ name: 'data', emptyDir: {} }]);
    expect(specOf(overlay()).affinity?.podAffinity).toBeUndefined();
  });

  it('are else those of infra/k8s/comments-depl.yaml', () => {
    const [own, base] = [overlay(), deploymentIn('comments-depl.yaml')];
    containerOf(own).env = containerOf(own).env?.filter(({ name }) => name !== 'DATABASE_URL') ?? [];
    for (const deployment of [own, base]) {
      delete specOf(deployment).affinity;
      delete specOf(deployment).volumes;
    }
    expect(own).toEqual(base);
  });
});
