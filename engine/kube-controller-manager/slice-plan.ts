import { sameValue } from '../api/copy-on-write.ts';
import type { EndpointSlice } from '../api/kinds.ts';
import { type Endpoint, type EndpointGroup, portsKey } from './endpoint-group.ts';

/** `--max-endpoints-per-slice` */
const MAX_PER_SLICE = 100;

/** What makes the slices right with as few writes as can be, since each is sent to every node. */
export interface SlicePlan {
  readonly create: readonly EndpointGroup[];
  readonly update: readonly (readonly [slice: EndpointSlice, endpoints: readonly Endpoint[]])[];
  readonly remove: readonly EndpointSlice[];
}

/**
 * Endpoints stay in the slice they are in. New ones go first into slices that must be written anyway, the fullest first;
 * then into one that has room for all that are left, the fullest such; then into new slices. Slices are never
 * rebalanced.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#distribution-of-endpointslices, after
 * `k8s.io/endpointslice/reconciler.go` (reconcileByPortMapping).
 *
 * @param isStale whether a slice must be written for another reason: its labels, say.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, EndpointGroup>,
  isStale: (slice: EndpointSlice) => boolean = () => false,
  maxPerSlice = MAX_PER_SLICE,
): SlicePlan {
  const create: EndpointGroup[] = [];
  const update: SlicePlan['update'][number][] = [];
  const remove: EndpointSlice[] = [];
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  for (const [key, group] of desired) {
    const plan = planGroup(byPorts.get(key) ?? [], group, isStale, maxPerSlice);
    byPorts.delete(key);
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.remove);
  }
  for (const slices of byPorts.values()) remove.push(...slices);
  return withPlaceholder({ create, update, remove }, existing);
}

/** A Service without endpoints still has a slice: it tells that there are none, and is kept rather than made anew. */
function withPlaceholder(plan: SlicePlan, existing: readonly EndpointSlice[]): SlicePlan {
  const { create, update, remove } = plan;
  if (create.length > 0 || update.length > 0 || remove.length < existing.length) return plan;
  const isPlaceholder = ({ endpoints, ports }: EndpointSlice) =>
    (endpoints ?? []).length === 0 && (ports ?? []).length === 0;
  const kept = existing.find(isPlaceholder);
  if (kept !== undefined) return { create, update, remove: remove.filter((slice) => slice !== kept) };
  return { create: [{ ports: [], endpoints: [] }], update, remove };
}

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: Endpoint[];
  changed: boolean;
}

function planGroup(
  slices: readonly EndpointSlice[],
  { ports, endpoints }: EndpointGroup,
  isStale: (slice: EndpointSlice) => boolean,
  maxPerSlice: number,
): SlicePlan {
  const missing = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const drafts = slices.map((slice): Draft => draft(slice, missing, isStale(slice)));
  const remove = drafts.filter((each) => each.endpoints.length === 0).map(({ slice }) => slice);
  const kept = drafts.filter((each) => each.endpoints.length > 0);
  const left = [...missing.values()];
  const byFullness = (a: Draft, b: Draft) => b.endpoints.length - a.endpoints.length;
  for (const each of kept.filter(({ changed }) => changed).sort(byFullness)) {
    each.endpoints.push(...left.splice(0, Math.max(0, maxPerSlice - each.endpoints.length)));
  }
  const create: EndpointGroup[] = [];
  while (left.length > 0) {
    const roomy = kept
      .filter((each) => !each.changed && each.endpoints.length + left.length <= maxPerSlice)
      .sort(byFullness)[0];
    if (roomy === undefined) create.push({ ports, endpoints: left.splice(0, maxPerSlice) });
    else {
      roomy.endpoints.push(...left.splice(0));
      roomy.changed = true;
    }
  }
  const update = kept.filter(({ changed }) => changed).map((each) => [each.slice, each.endpoints] as const);
  // An emptied slice may hold the endpoints of a new one instead.
  const reused = create.splice(0, remove.length).map((group) => [remove.shift()!, group.endpoints] as const);
  return { create, update: [...update, ...reused], remove };
}

/** What of a slice stays, and in its newest form; takes it out of what is missing. */
function draft(slice: EndpointSlice, missing: Map<string, Endpoint>, isStale: boolean): Draft {
  const kept: Endpoint[] = [];
  let changed = isStale;
  for (const endpoint of slice.endpoints ?? []) {
    const id = identity(endpoint);
    const wanted = missing.get(id);
    if (wanted === undefined || !sameValue(wanted, endpoint)) changed = true;
    if (wanted !== undefined) kept.push(wanted);
    missing.delete(id);
  }
  return { slice, endpoints: kept, changed };
}

function identity({ addresses, targetRef }: Endpoint): string {
  return `${addresses.join()} ${targetRef?.uid ?? targetRef?.name ?? ''}`;
}
