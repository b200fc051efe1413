import type { KubeObject } from '../api/object.ts';
import { RESOURCES, type Resource } from '../api/resources.ts';
import type { Client } from './client.ts';

/** A resource as the server describes it. */
export interface DiscoveredResource extends Resource {
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

/** `apidiscovery.k8s.io/v2`, as far as it is read here. */
interface GroupDiscoveryList {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources?: readonly ResourceDiscovery[] }[];
  }[];
}

interface ResourceDiscovery {
  readonly resource: string;
  readonly responseKind: { readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Until the server has been asked, the built-in kinds are taken for what it serves. */
const BUILT_IN: readonly DiscoveredResource[] = RESOURCES.map((each) => ({
  ...each,
  verbs: ALL_VERBS,
  subresources: [],
}));

/**
 * What the server serves, custom kinds included. Asking again costs little: the server says when nothing has changed.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
export class Discovery {
  readonly #client: Client;
  readonly #etags = new Map<string, string>();
  readonly #answers = new Map<string, readonly DiscoveredResource[]>();
  #resources: readonly DiscoveredResource[] = BUILT_IN;

  constructor(client: Client) {
    this.#client = client;
  }

  /** As of the last `refresh`: every version of every kind, the preferred versions first. */
  get resources(): readonly DiscoveredResource[] {
    return this.#resources;
  }

  /** Each kind once, in the version that the server prefers. */
  preferred(): DiscoveredResource[] {
    const seen = new Set<string>();
    return this.#resources.filter(({ group, plural }) => {
      const name = `${plural}.${group}`;
      const isNew = !seen.has(name);
      seen.add(name);
      return isNew;
    });
  }

  /** The resource of a kind; asks the server once more about one that is not known. */
  find({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): DiscoveredResource | undefined {
    const look = () => this.#resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    const known = look();
    if (known !== undefined) return known;
    return this.refresh() ? look() : undefined;
  }

  /**
   * Asks the server; returns whether anything has changed.
   *
   * @throws ConnectionError when it cannot be reached.
   */
  refresh(): boolean {
    const changed = [this.#ask('/api'), this.#ask('/apis')].includes(true);
    if (changed) this.#resources = [...this.#answers.get('/api')!, ...this.#answers.get('/apis')!];
    return changed;
  }

  #ask(path: string): boolean {
    const etag = this.#etags.get(path);
    const headers = { accept: ACCEPT, ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const response = this.#client.request({ method: 'GET', path, headers });
    if (response.status === 304) return false;
    this.#etags.set(path, response.headers?.['etag'] ?? '');
    this.#answers.set(path, readList(response.body as GroupDiscoveryList));
    return true;
  }
}

function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

function readList({ items }: GroupDiscoveryList): DiscoveredResource[] {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind, scope, verbs, subresources = [] }) => ({
        group: metadata?.name ?? '',
        version,
        plural: resource,
        kind: responseKind.kind,
        namespaced: scope === 'Namespaced',
        verbs,
        subresources: subresources.map((each) => each.subresource),
      })),
    ),
  );
}
