import { badRequest, conflict, invalidObject, resourceName } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { notSupported, required } from '../../api/field-errors.ts';
import type { Pod, PodCondition } from '../../api/kinds.ts';
import type { ObjectMeta } from '../../api/object.ts';
import { type ResourceHandler, respond } from '../context.ts';
import { readObjectBody } from '../decode/object-decoder.ts';
import { readWriteOptions } from '../write-options.ts';
import { admitSubresource } from './admission.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/ */
interface Binding {
  readonly metadata?: Partial<ObjectMeta>;
  readonly target?: { readonly kind?: string; readonly name?: string };
}

const BINDINGS = resourceName('pods/binding');
const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/**
 * Assigns a Pod to a node, once: what a scheduler does in the end.
 * After kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go, BindingREST.
 */
export const bindPod: ResourceHandler = (request) => {
  const { store, info, query, server } = request;
  const { dryRun } = readWriteOptions('CreateOptions', query);
  const sent = readObjectBody(request.request, 'Binding').value as Binding;
  const name = info.name === '' ? (sent.metadata?.name ?? '') : info.name;
  if ((sent.metadata?.name ?? name) !== name) throw badRequest('name in URL does not match name in Binding object');
  const binding = admitSubresource(request, 'CREATE', sent, dryRun);
  const node = checkTarget(name, binding);
  const pod = store.get(info.namespace, name) as Pod;
  const uid = binding.metadata?.uid ?? '';
  if (uid !== '' && uid !== pod.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`;
    throw conflict(BINDINGS, name, why);
  }
  const why = refusal(pod);
  if (why !== undefined) throw conflict(BINDINGS, name, why);
  const bound = assigned(pod, node, binding, server.clock.timestamp());
  if (!dryRun) store.write(store.key(info.namespace, name), bound, bound.metadata);
  return respond(201, SUCCESS);
};

function checkTarget(name: string, { target = {} }: Binding): string {
  const errors: FieldError[] = [];
  if ((target.kind ?? '') !== '' && target.kind !== 'Node') {
    errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  if ((target.name ?? '') === '') errors.push(required('target.name'));
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'Binding' }, name, errors);
  return target.name!;
}

function refusal({ metadata, spec }: Pod): string | undefined {
  const { name } = metadata;
  if (metadata.deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if ((spec.nodeName ?? '') !== '') return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  if ((spec.schedulingGates?.length ?? 0) > 0) return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}

function assigned(pod: Pod, nodeName: string, { metadata }: Binding, now: string): Pod {
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: now };
  const conditions = pod.status?.conditions ?? [];
  const others = conditions.filter((condition) => condition.type !== 'PodScheduled');
  const labels = metadata?.labels === undefined ? {} : { labels: { ...pod.metadata.labels, ...metadata.labels } };
  const annotations =
    metadata?.annotations === undefined
      ? {}
      : { annotations: { ...pod.metadata.annotations, ...metadata.annotations } };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...labels, ...annotations },
    spec: { ...pod.spec, nodeName },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}
