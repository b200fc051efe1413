import { SERVICE_NAME } from '../api/discovery/slice-service.ts';
import type { EndpointSlice } from '../api/kinds.ts';
import { type KubeObject, type Manifest, type OwnerReference, objectKey } from '../api/object.ts';
import { endpointSlices } from '../api/resources.ts';
import type { ResourceClient } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import { unlessGone } from '../client/unless-gone.ts';
import type { ControllerContext } from './controller-context.ts';
import type { SlicePlan } from './slice-plan.ts';
import { WrittenVersions } from './written-versions.ts';

export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const INDEX = 'service of a manager';

type Texts = Readonly<Record<string, string>>;

/** What slices bear besides endpoints. */
export interface SliceMarks {
  readonly labels: Texts;
  readonly owner: OwnerReference;
  /** Of a slice that is written, from those it had. */
  readonly annotations: (before: Texts) => Texts;
}

/** The slices that one manager keeps: reads them by Service, and carries plans out. */
export class SliceWriter {
  readonly #client: ResourceClient<EndpointSlice>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #manager: string;
  readonly #written: WrittenVersions;

  /** @param enqueue is told the Service whose slices someone else has changed, or of which news was awaited. */
  constructor(
    { sim, client, informers }: ControllerContext,
    manager: string,
    enqueue: (serviceKey: string, slice: EndpointSlice) => void,
  ) {
    this.#client = client.resource(endpointSlices);
    this.#slices = informers.for(endpointSlices);
    this.#manager = manager;
    this.#written = new WrittenVersions(sim);
    this.#slices.addIndex(INDEX, (slice) => {
      const key = serviceKey(slice);
      return key === undefined ? [] : [`${slice.metadata.labels?.[MANAGED_BY]} ${key}`];
    });
    const keyOf = (slice: EndpointSlice) =>
      slice.metadata.labels?.[MANAGED_BY] === manager ? serviceKey(slice) : undefined;
    const tell = (key: string | undefined, slice: EndpointSlice): void => {
      if (key !== undefined) enqueue(key, slice);
    };
    const left = (key: string | undefined, slice: EndpointSlice): void => {
      if (key !== undefined) this.#written.forget(key, slice);
      tell(key, slice);
    };
    this.#slices.addHandlers({
      add: (slice) => tell(keyOf(slice), slice),
      update: (previous, slice) => {
        if (keyOf(previous) !== keyOf(slice)) left(keyOf(previous), slice);
        tell(keyOf(slice), slice);
      },
      delete: (slice) => left(keyOf(slice), slice),
    });
  }

  /** The slices of a Service; undefined while the cache is behind what was written. */
  of(service: KubeObject): readonly EndpointSlice[] | undefined {
    const key = objectKey(service);
    const found = this.#slices.lister.byIndex(INDEX, `${this.#manager} ${key}`);
    return this.#written.isAheadOf(key, found) ? undefined : found;
  }

  forget(key: string): void {
    this.#written.forgetAll(key);
  }

  apply(service: KubeObject, { labels, owner, annotations }: SliceMarks, { create, update, remove }: SlicePlan): void {
    const key = objectKey(service);
    const { name, namespace } = service.metadata;
    for (const { ports, endpoints } of create) {
      const created = this.#client.create({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [owner], ...marked(annotations({})) },
        addressType: 'IPv4',
        endpoints: [...endpoints],
        ports: [...ports],
      } as Manifest<EndpointSlice>);
      this.#written.note(key, created);
    }
    for (const [slice, endpoints] of update) {
      const { annotations: before = {}, ...rest } = slice.metadata;
      const metadata = { ...rest, labels, ...marked(annotations(before)) };
      this.#written.note(key, this.#client.update({ ...slice, metadata, endpoints: [...endpoints] }));
    }
    for (const slice of remove) {
      if (unlessGone(() => this.#client.delete(slice.metadata.name, namespace)) === undefined) continue;
      this.#written.noteDeleted(key, slice);
    }
  }
}

function serviceKey({ metadata }: EndpointSlice): string | undefined {
  const name = metadata.labels?.[SERVICE_NAME];
  return name ? `${metadata.namespace}/${name}` : undefined;
}

function marked(annotations: Texts): { readonly annotations?: Texts } {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
