import type { Ingress } from '../api/kinds.ts';
import { type Annotations, type Canary, readAnnotations } from './annotations.ts';
import type { Options } from './options.ts';
import { DEFAULT_BACKEND, type Upstream, upstreamFor } from './upstreams.ts';
import { nameOf, type WatchedCluster } from './watched-cluster.ts';

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

/** What nginx is to do, before it is written down in its words. */
export interface Model {
  readonly servers: readonly HostServer[];
  readonly upstreams: readonly Upstream[];
  readonly complaints: readonly string[];
}

export interface HostServer {
  /** `_` for what names no host. */
  readonly host: string;
  readonly aliases: readonly string[];
  readonly locations: readonly HostLocation[];
  /** The Secret of the host's certificate, `namespace/name`; empty for TLS without one. Undefined: no TLS is asked for. */
  readonly tlsSecret: string | undefined;
  readonly snippet: string;
}

export interface HostLocation {
  readonly path: string;
  /** As the Ingress has it. */
  readonly ingressPath: string;
  readonly exact: boolean;
  /** Undefined for what nobody asked for: the default. */
  readonly ingress: Ingress | undefined;
  readonly annotations: Annotations | undefined;
  readonly upstream: Upstream;
  readonly canary: { readonly rule: Canary; readonly upstream: Upstream } | undefined;
}

interface Draft {
  host: string;
  aliases: Set<string>;
  locations: HostLocation[];
  tlsSecret: string | undefined;
  snippet: string;
}

/** After upstream's `internal/ingress/controller/controller.go`: rules become servers and locations, the oldest Ingress first. */
export function buildModel(cluster: WatchedCluster, options: Options): Model {
  return new Builder(cluster, options).build();
}

class Builder {
  readonly #cluster: WatchedCluster;
  readonly #options: Options;
  readonly #servers = new Map<string, Draft>();
  readonly #upstreams = new Map<string, Upstream>([[DEFAULT_BACKEND.name, DEFAULT_BACKEND]]);
  readonly #complaints: string[] = [];

  constructor(cluster: WatchedCluster, options: Options) {
    this.#cluster = cluster;
    this.#options = options;
  }

  build(): Model {
    const all = this.#cluster.ingresses().flatMap((ingress) => {
      const wrong = this.#options['strict-validate-path-type'] === 'true' ? invalidPath(ingress) : undefined;
      if (wrong !== undefined) {
        this.#complaints.push(`"ingress contains invalid paths" ingress="${nameOf(ingress)}" err="${wrong}"`);
        return [];
      }
      const annotations = readAnnotations(ingress, this.#options);
      for (const text of annotations.complaints) this.#complaints.push(`${text} (ingress "${nameOf(ingress)}")`);
      return [{ ingress, annotations }];
    });
    this.#server('_');
    for (const { ingress, annotations } of all) if (annotations.canary === undefined) this.#add(ingress, annotations);
    for (const { ingress, annotations } of all)
      if (annotations.canary !== undefined) this.#addCanary(ingress, annotations.canary, annotations);
    for (const draft of this.#servers.values()) this.#complete(draft);
    const servers = [...this.#servers.values()]
      .map((draft) => ({ ...draft, aliases: [...draft.aliases].filter((alias) => !this.#servers.has(alias)) }))
      .sort((a, b) => (a.host < b.host ? -1 : 1));
    const upstreams = [...this.#upstreams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { servers, upstreams, complaints: this.#complaints };
  }

  #server(host: string): Draft {
    let server = this.#servers.get(host);
    if (server === undefined) {
      server = { host, aliases: new Set(), locations: [], tlsSecret: undefined, snippet: '' };
      this.#servers.set(host, server);
    }
    return server;
  }

  #add(ingress: Ingress, annotations: Annotations): void {
    const { spec } = ingress;
    const rules = spec?.rules ?? [];
    if (spec?.defaultBackend !== undefined && rules.length === 0)
      this.#addLocation(this.#server('_'), ingress, annotations, {
        path: '/',
        pathType: 'Prefix',
        backend: spec.defaultBackend,
      });
    for (const { host, http } of rules) {
      const server = this.#server(host === undefined || host === '' ? '_' : host);
      for (const alias of annotations.serverAliases) if (alias !== server.host) server.aliases.add(alias);
      if (annotations.serverSnippet !== '' && server.snippet === '') server.snippet = annotations.serverSnippet;
      for (const { path, pathType, backend } of http?.paths ?? [])
        this.#addLocation(server, ingress, annotations, { path: path ?? '/', pathType, backend });
    }
    // What no path of a host fits goes to the Ingress's own default.
    if (spec?.defaultBackend !== undefined)
      for (const { host } of rules)
        this.#addLocation(this.#server(host ?? '_'), ingress, annotations, {
          path: '/',
          pathType: 'Prefix',
          backend: spec.defaultBackend,
        });
    for (const { hosts, secretName } of spec?.tls ?? [])
      for (const host of hosts ?? []) {
        const server = this.#servers.get(host);
        const key = secretName === undefined || secretName === '' ? '' : `${ingress.metadata.namespace}/${secretName}`;
        if (server !== undefined) server.tlsSecret ??= key;
      }
  }

  #addLocation(
    server: Draft,
    ingress: Ingress,
    annotations: Annotations,
    rule: { readonly path: string; readonly pathType: string; readonly backend: Backend },
  ): void {
    const exact = rule.pathType === 'Exact';
    const path = rule.path === '' ? '/' : rule.path;
    const upstream = this.#upstream(ingress, rule.backend, annotations);
    const location = { path, ingressPath: path, exact, ingress, annotations, upstream, canary: undefined };
    // The first that asks for a path has it.
    if (server.locations.some((other) => other.path === path && other.exact === exact)) return;
    server.locations.push(location);
  }

  #addCanary(ingress: Ingress, rule: Canary, annotations: Annotations): void {
    for (const { host, http } of ingress.spec?.rules ?? []) {
      const server = this.#servers.get(host === undefined || host === '' ? '_' : host);
      for (const { path = '/', pathType, backend } of http?.paths ?? []) {
        const at =
          server?.locations.findIndex((each) => each.path === path && each.exact === (pathType === 'Exact')) ?? -1;
        const main = server?.locations[at];
        if (main === undefined) {
          this.#complaints.push(
            `unable to find real backend for alternative backend ${upstreamFor(this.#cluster, ingress, backend, annotations).upstream.name}. Deleting.`,
          );
          continue;
        }
        if (main.canary === undefined)
          server!.locations[at] = {
            ...main,
            canary: { rule, upstream: this.#upstream(ingress, backend, annotations) },
          };
      }
    }
  }

  #upstream(ingress: Ingress, backend: Backend, annotations: Annotations): Upstream {
    const { upstream, complaint } = upstreamFor(this.#cluster, ingress, backend, annotations);
    if (complaint !== undefined && !this.#complaints.includes(complaint)) this.#complaints.push(complaint);
    const known = this.#upstreams.get(upstream.name);
    if (known !== undefined) return known;
    this.#upstreams.set(upstream.name, upstream);
    return upstream;
  }

  /** A prefix means whole elements of a path: `/a` is `/a` and what begins with `/a/`. */
  #complete(draft: Draft): void {
    const locations: HostLocation[] = [];
    for (const location of draft.locations) {
      const { path, exact, annotations } = location;
      if (exact || path.endsWith('/') || needsRewrite(location) || annotations?.useRegex === true) {
        locations.push(location);
        continue;
      }
      locations.push({ ...location, path: `${path}/` });
      if (!draft.locations.some((other) => other.exact && other.path === path))
        locations.push({ ...location, exact: true });
    }
    if (!locations.some(({ path, exact }) => path === '/' && !exact))
      locations.push({
        path: '/',
        ingressPath: '/',
        exact: false,
        ingress: undefined,
        annotations: undefined,
        upstream: DEFAULT_BACKEND,
        canary: undefined,
      });
    locations.sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? 1 : a.path > b.path ? -1 : 0));
    draft.locations = locations;
  }
}

export function needsRewrite({ annotations, path }: HostLocation): boolean {
  const target = annotations?.rewriteTarget ?? '';
  return target !== '' && target !== path;
}

/** Whether all paths of a host are regular expressions: it is enough that one asks for it. */
export function usesExpressions({ locations }: HostServer): boolean {
  return locations.some((location) => needsRewrite(location) || location.annotations?.useRegex === true);
}

function invalidPath({ spec }: Ingress): string | undefined {
  for (const { http } of spec?.rules ?? [])
    for (const { path = '/', pathType } of http?.paths ?? [])
      if (pathType !== 'ImplementationSpecific' && !/^\/[\w.\-/]*$/.test(path))
        return `path ${path} cannot be used with pathType ${pathType}`;
  return undefined;
}
