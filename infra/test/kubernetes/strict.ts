import * as client from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';

interface Attribute {
  baseName: string;
  type: string;
}

type Model = { getAttributeTypeMap(): Attribute[] };
type Validating = new (data: never) => { validate(): void };

const models = client as unknown as Record<string, Model | undefined>;

const validators: Record<string, Record<string, unknown>> = {
  v1: core,
  'apps/v1': apps,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
};

const modelOf = (type: string): Model | undefined => (/^V\d/.test(type) ? models[type] : undefined);

/** What a value holds that its type doesn't have, at any depth: an API server may drop that silently. */
function unknownFields(value: unknown, type: string, path: string): string[] {
  if (value === null || value === undefined) return [];
  const item = /^Array<(.+)>$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${path}: must be a list`];
    return value.flatMap((one, index) => unknownFields(one, item, `${path}[${index}]`));
  }
  const entry = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (entry !== undefined) {
    return Object.entries(value).flatMap(([key, one]) => unknownFields(one, entry, `${path}.${key}`));
  }
  if (['string', 'number', 'boolean'].includes(type)) {
    return typeof value === type ? [] : [`${path}: must be a ${type}`];
  }
  const model = modelOf(type);
  if (!model) return [];
  if (typeof value !== 'object') return [`${path}: must be an object`];
  const attributes = new Map(model.getAttributeTypeMap().map((attribute) => [attribute.baseName, attribute.type]));
  return Object.entries(value).flatMap(([key, one]) => {
    const known = attributes.get(key);
    return known === undefined
      ? [`${path}.${key}: there is no such field`]
      : unknownFields(one, known, `${path}.${key}`);
  });
}

/** What is wrong with an object by the API's own models: unknown fields, missing ones, values that no enum has. */
export function modelFaults(object: KubernetesObject): string[] {
  const { apiVersion = '', kind = '' } = object;
  const version = (apiVersion.split('/').at(-1) ?? '').replace(/^v/, 'V');
  const type = `${version}${kind}`;
  if (!modelOf(type)) return [`${apiVersion} ${kind}: there is no such kind`];
  const Validator = validators[apiVersion]?.[kind] as Validating | undefined;
  if (!Validator) return [`${apiVersion} ${kind}: nobody knows how to validate it`];
  const faults = unknownFields(object, type, kind);
  try {
    new Validator(object as never).validate();
  } catch (error) {
    faults.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return faults;
}
