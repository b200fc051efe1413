import type { ApiResponse } from '../api/request.ts';
import type { Resource } from '../api/resources.ts';
import { CommandError } from './command-error.ts';

/** A resource as discovery describes it. */
export interface ApiResource extends Resource {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Whether the server's Table and Scale handling know it: its subresources. */
  readonly subresources: readonly string[];
}

interface WireResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly group?: string;
  readonly version?: string;
}

interface WireGroup {
  readonly name: string;
  readonly versions: readonly { readonly groupVersion: string; readonly version: string }[];
  readonly preferredVersion?: { readonly groupVersion: string };
}

/** What the server serves, asked for when first needed. One object lives for one invocation of kubectl. */
export class Discovery {
  readonly #get: (path: string) => ApiResponse;
  readonly #warn: (warning: string) => void;
  #groupVersions: readonly string[] | undefined;
  readonly #resources = new Map<string, readonly ApiResource[]>();

  /** @param warn hears of short names that could mean something else as well */
  constructor(get: (path: string) => ApiResponse, warn: (warning: string) => void = () => {}) {
    this.#get = get;
    this.#warn = warn;
  }

  /** `v1`, `apps/v1`, … in the server's order, the preferred version of a group first. */
  groupVersions(): readonly string[] {
    if (this.#groupVersions === undefined) {
      const core = (this.#get('/api').body as { versions?: readonly string[] }).versions ?? [];
      const groups = (this.#get('/apis').body as { groups?: readonly WireGroup[] }).groups ?? [];
      this.#groupVersions = [...core, ...groups.flatMap(orderedVersions)];
    }
    return this.#groupVersions;
  }

  /** The resources of one group version, without subresources. */
  resourcesOf(groupVersion: string): readonly ApiResource[] {
    let resources = this.#resources.get(groupVersion);
    if (resources === undefined) {
      const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
      const body = this.#get(path).body as { resources?: readonly WireResource[] };
      resources = convertResources(groupVersion, body.resources ?? []);
      this.#resources.set(groupVersion, resources);
    }
    return resources;
  }

  /** Every resource in its preferred version, in the server's order. */
  resources(): readonly ApiResource[] {
    const seen = new Set<string>();
    const all: ApiResource[] = [];
    for (const groupVersion of this.groupVersions()) {
      for (const resource of this.resourcesOf(groupVersion)) {
        const key = `${resource.group}/${resource.plural}`;
        if (seen.has(key)) continue;
        seen.add(key);
        all.push(resource);
      }
    }
    return all;
  }

  /** The resource that a user means: `pods`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`. */
  find(text: string): ApiResource | undefined {
    const [name = '', ...rest] = text.toLowerCase().split('.');
    const [shortName = ''] = text.split('.');
    const among = (resources: readonly ApiResource[]) =>
      resources.find(
        ({ plural, singular, kind }) => plural === name || singular === name || kind.toLowerCase() === name,
      ) ?? this.#byShortName(resources, shortName);
    if (rest.length === 0) return among(this.resources());
    const [version, ...group] = rest;
    const groupVersion = group.join('.') === '' ? version! : `${group.join('.')}/${version}`;
    if (rest.length > 1 && this.groupVersions().includes(groupVersion)) return among(this.resourcesOf(groupVersion));
    const prefix = rest.join('.');
    const groups = this.resources().filter(({ group }) => group === prefix);
    return among(groups.length > 0 ? groups : this.resources().filter(({ group }) => group.startsWith(prefix)));
  }

  #byShortName(resources: readonly ApiResource[], shortName: string): ApiResource | undefined {
    const [first, ...others] = resources.filter(({ shortNames }) => shortNames.includes(shortName));
    for (const { plural, group } of others) {
      this.#warn(`short name ${JSON.stringify(shortName)} could also match lower priority resource ${plural}.${group}`);
    }
    return first;
  }

  /** @throws CommandError in the words of the real one. */
  require(text: string): ApiResource {
    const resource = this.find(text);
    if (resource !== undefined) return resource;
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(text.split('.')[0])}`);
  }

  /** The names of the resources in a category such as `all`, or undefined when there is no such category. */
  category(name: string): readonly ApiResource[] | undefined {
    const members = this.resources().filter((resource) => resource.categories.includes(name));
    return members.length === 0 ? undefined : members;
  }

  /** The resource that serves a kind of an apiVersion. */
  forKind(apiVersion: string, kind: string): ApiResource | undefined {
    if (!this.groupVersions().includes(apiVersion)) return undefined;
    return this.resourcesOf(apiVersion).find((resource) => resource.kind === kind);
  }
}

function orderedVersions(group: WireGroup): readonly string[] {
  const preferred = group.preferredVersion?.groupVersion;
  const versions = group.versions.map(({ groupVersion }) => groupVersion);
  return preferred === undefined ? versions : [preferred, ...versions.filter((version) => version !== preferred)];
}

function convertResources(groupVersion: string, wire: readonly WireResource[]): readonly ApiResource[] {
  const slash = groupVersion.indexOf('/');
  const group = slash < 0 ? '' : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  return wire
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => ({
      group,
      version,
      plural: resource.name,
      singular: resource.singularName || resource.kind.toLowerCase(),
      kind: resource.kind,
      namespaced: resource.namespaced,
      verbs: resource.verbs,
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
      subresources: wire
        .filter(({ name }) => name.startsWith(`${resource.name}/`))
        .map(({ name }) => name.slice(resource.name.length + 1)),
    }));
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployment.apps`: how kubectl names a kind before an object's name. */
export function kindName(resource: Pick<Resource, 'group' | 'kind'>): string {
  const kind = resource.kind.toLowerCase();
  return resource.group === '' ? kind : `${kind}.${resource.group}`;
}

/** `deployments.apps`: a resource with its group. */
export function resourceName(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `ReplicaSet.apps`: how some messages name a kind. */
export function groupKind({ group, kind }: Pick<Resource, 'group' | 'kind'>): string {
  return group === '' ? kind : `${kind}.${group}`;
}
