import type { Amounts } from '../../api/core/amounts.ts';
import { podRequestsAndLimits } from '../../api/core/pod-resources.ts';
import { forbidden } from '../../api/errors.ts';
import type { Container, LimitRange, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { compareQuantities, milliValue } from '../../api/quantity.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';

type Item = NonNullable<LimitRange['spec']>['limits'][number];

const ANNOTATION = 'kubernetes.io/limit-ranger';

/**
 * Gives containers the requests and limits that a LimitRange of their Namespace has for those that say none, and refuses
 * what is beyond its bounds. https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'pods/resize', 'persistentvolumeclaims'],
  admit(request, object, lookup) {
    if (object === undefined || request.kind.plural !== 'pods' || request.operation !== 'CREATE') return object;
    let pod = object as Pod;
    for (const item of rangesFor(request, lookup).flat()) if (item.type === 'Container') pod = withDefaults(pod, item);
    return pod;
  },
  validate(request, object, lookup) {
    const { operation, kind } = request;
    const isPod = kind.plural === 'pods';
    if (object === undefined || operation === 'DELETE') return;
    // What a Pod asks for does not change through the Pod itself.
    if (isPod && operation === 'UPDATE' && request.subresource !== 'resize') return;
    // The first range that is not kept to is told of, with all that is wrong by it.
    for (const items of rangesFor(request, lookup)) {
      const problems = new Set(
        items.flatMap((item) => (isPod ? podProblems(object as Pod, item) : claimProblems(object, item))),
      );
      if (problems.size === 0) continue;
      const all = [...problems];
      throw forbidden(kind, object.metadata.name, all.length === 1 ? all[0]! : `[${all.join(', ')}]`);
    }
  },
};

function rangesFor({ namespace }: AdmissionRequest, lookup: Lookup): readonly (readonly Item[])[] {
  const ranges = lookup.all('limitranges', namespace) as readonly LimitRange[];
  return ranges.map(({ spec }) => spec?.limits ?? []);
}

/** The Pod with what its containers do not say filled in, and a note of it in an annotation. */
function withDefaults(pod: Pod, item: Item): Pod {
  const set: string[] = [];
  const fill = (container: Container, what: string): Container => {
    const requests = { ...((item.defaultRequest ?? {}) as Amounts), ...(container.resources?.requests as Amounts) };
    const limits = { ...((item.default ?? {}) as Amounts), ...(container.resources?.limits as Amounts) };
    const added = (all: Amounts, own: object | undefined) =>
      Object.keys(all).filter((name) => own === undefined || !Object.hasOwn(own, name));
    const newRequests = added(requests, container.resources?.requests);
    const newLimits = added(limits, container.resources?.limits);
    if (newRequests.length > 0) set.push(`${newRequests.sort().join(', ')} request for ${what} ${container.name}`);
    if (newLimits.length > 0) set.push(`${newLimits.sort().join(', ')} limit for ${what} ${container.name}`);
    if (newRequests.length === 0 && newLimits.length === 0) return container;
    const resources = {
      ...container.resources,
      ...(Object.keys(requests).length > 0 ? { requests } : {}),
      ...(Object.keys(limits).length > 0 ? { limits } : {}),
    };
    return { ...container, resources };
  };
  const containers = (pod.spec.containers ?? []).map((container) => fill(container, 'container'));
  const initContainers = pod.spec.initContainers?.map((container) => fill(container, 'init container'));
  if (set.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${set.join('; ')}` };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
  };
}

function podProblems(pod: Pod, item: Item): readonly string[] {
  if (item.type === 'Pod') {
    const { requests, limits } = podRequestsAndLimits(pod);
    return boundProblems(item, requests, limits);
  }
  if (item.type !== 'Container') return [];
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    boundProblems(item, (resources?.requests ?? {}) as Amounts, (resources?.limits ?? {}) as Amounts),
  );
}

/** What is asked for against the bounds of one item, in the order of the real plugin: minima, maxima, ratios. */
function boundProblems({ type, ...item }: Item, requests: Amounts, limits: Amounts): readonly string[] {
  const problems: string[] = [];
  for (const [name, bound] of bounds(item.min)) {
    const says = `minimum ${name} usage per ${type} is ${bound}`;
    const request = requests[name];
    const limit = limits[name];
    if (request === undefined) problems.push(`${says}.  No request is specified`);
    else if (compareQuantities(request, bound) < 0) problems.push(`${says}, but request is ${request}`);
    else if (limit !== undefined && compareQuantities(limit, bound) < 0) {
      problems.push(`${says}, but limit is ${limit}`);
    }
  }
  for (const [name, bound] of bounds(item.max)) {
    const says = `maximum ${name} usage per ${type} is ${bound}`;
    const request = requests[name];
    const limit = limits[name];
    if (limit === undefined) problems.push(`${says}.  No limit is specified`);
    else if (compareQuantities(limit, bound) > 0) problems.push(`${says}, but limit is ${limit}`);
    else if (request !== undefined && compareQuantities(request, bound) > 0) {
      problems.push(`${says}, but request is ${request}`);
    }
  }
  for (const [name, bound] of bounds(item.maxLimitRequestRatio)) {
    const problem = ratioProblem(bound, requests[name], limits[name]);
    if (problem !== undefined)
      problems.push(`${name} max limit to request ratio per ${type} is ${bound}, but ${problem}`);
  }
  return problems;
}

function ratioProblem(bound: string, request = '0', limit = '0'): string | undefined {
  if (compareQuantities(request, '0') === 0) return 'no request is specified or request is 0';
  if (compareQuantities(limit, '0') === 0) return 'no limit is specified or limit is 0';
  const ratio = milliValue(limit) / milliValue(request);
  return ratio * 1000 > milliValue(bound) ? `provided ratio is ${ratio.toFixed(6)}` : undefined;
}

function claimProblems(object: KubeObject, { type, min, max }: Item): readonly string[] {
  if (type !== 'PersistentVolumeClaim') return [];
  const { spec } = object as PersistentVolumeClaim;
  const requests = (spec?.resources?.requests ?? {}) as Amounts;
  const problems: string[] = [];
  const compare = (word: string, bound: readonly [string, string], sign: 1 | -1) => {
    const [name, amount] = bound;
    const says = `${word} ${name} usage per ${type} is ${amount}`;
    const request = requests[name];
    if (request === undefined) problems.push(`${says}.  No request is specified`);
    else if (compareQuantities(request, amount) * sign > 0) problems.push(`${says}, but request is ${request}`);
  };
  for (const bound of bounds(min)) compare('minimum', bound, -1);
  for (const bound of bounds(max)) compare('maximum', bound, 1);
  return problems;
}

function bounds(list: object | undefined): readonly (readonly [string, string])[] {
  return Object.entries((list ?? {}) as Amounts).sort(([a], [b]) => (a < b ? -1 : 1));
}
