import { badRequest, invalidObject } from '../../api/errors.ts';
import { invalid } from '../../api/field-errors.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import { type ResourceHandler, type ResourceRequest, respond } from '../context.ts';
import { readObjectBody } from '../decode/object-decoder.ts';
import { parseMediaType } from '../media-type.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';
import { updateRecorder } from './field-writer.ts';
import { applyPatch, readPatch } from './patch.ts';

/** What Deployments and ReplicaSets have in common. */
interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelectorFields };
  readonly status?: { readonly replicas?: number };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ `autoscaling/v1` Scale. */
interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

export const getScale: ResourceHandler = ({ store, info }) =>
  respond(200, scaleOf(store.get(info.namespace, info.name)));

export const updateScale: ResourceHandler = (request) => {
  const options = readWriteOptions('UpdateOptions', request.query);
  const sent = readObjectBody(request.request, 'Scale').value as Scale;
  return respond(200, scaleOf(writeScale(request, () => sent, options)));
};

export const patchScale: ResourceHandler = (request) => {
  const options = readWriteOptions('PatchOptions', request.query);
  const type = parseMediaType(request.request.headers?.['content-type'] ?? '').type;
  const { patch } = readPatch(request, type);
  const change = (scale: Scale) => applyPatch(request, type, scale, patch) as Scale;
  return respond(200, scaleOf(writeScale(request, change, options)));
};

function writeScale(
  request: ResourceRequest,
  change: (scale: Scale) => Scale,
  { dryRun, fieldManager }: WriteOptions,
): KubeObject {
  const { store, info } = request;
  return store.update(
    info.namespace,
    info.name,
    (stored) => {
      const scale = change(scaleOf(stored));
      const replicas = scale.spec?.replicas ?? 0;
      if (!Number.isInteger(replicas)) {
        const found = typeof replicas === 'number' ? `number ${replicas}` : typeof replicas;
        throw badRequest(
          `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`,
        );
      }
      if (replicas < 0) {
        const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
        throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, info.name, [error]);
      }
      const resourceVersion = scale.metadata?.resourceVersion ?? '';
      const { spec, metadata } = stored as Scalable;
      return { ...stored, metadata: { ...metadata, resourceVersion }, spec: { ...spec, replicas } } as KubeObject;
    },
    { dryRun, status: false, managedFields: updateRecorder(request, fieldManager) },
  );
}

/** A ReplicationController selects by labels alone. */
function selectorOf({ kind, spec }: Scalable): LabelSelectorFields | undefined {
  if (kind !== 'ReplicationController' || spec.selector === undefined) return spec.selector;
  return { matchLabels: spec.selector as Readonly<Record<string, string>> };
}

function scaleOf(object: KubeObject): Scale {
  const { spec, status, metadata } = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = labelSelectorOf(selectorOf(object as Scalable)).toString();
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  } as Scale;
}
