import type { Transport } from '../client/transport.ts';
import { readGoDuration } from '../linux/programs/go/duration.ts';
import type { Simulation } from '../sim/index.ts';
import { CorefileError, type Directive, directiveError, parseCorefile, type ServerBlock } from './corefile.ts';
import { cacheOptions, cachePlugin } from './plugins/cache.ts';
import { WatchedCluster } from './plugins/cluster-objects.ts';
import { forwardOptions, forwardPlugin } from './plugins/forward.ts';
import { hostsOptions, hostsPlugin } from './plugins/hosts.ts';
import { kubernetesOptions, kubernetesPlugin } from './plugins/kubernetes.ts';
import { loadbalancePlugin } from './plugins/loadbalance.ts';
import { errorsPlugin, type LogSink, logPlugin } from './plugins/log.ts';
import { LoopDetector } from './plugins/loop.ts';
import { rewritePlugin, rewriteRules } from './plugins/rewrite.ts';
import { emptyReply, type Handler, normalName, type Outcome, type Plugin, type Query, zoneOf } from './query.ts';

/** The order of plugins is that of CoreDNS' `plugin.cfg`, whatever the order in the Corefile. */
const ORDER = [
  'reload',
  'bind',
  'ready',
  'health',
  'prometheus',
  'errors',
  'log',
  'loadbalance',
  'cache',
  'rewrite',
  'hosts',
  'kubernetes',
  'loop',
  'forward',
] as const;

/** Plugins of the real program that are not there: they are known by name and refused. */
const MISSING = [
  'root',
  'metadata',
  'geoip',
  'cancel',
  'tls',
  'quic',
  'timeouts',
  'multisocket',
  'nsid',
  'bufsize',
  'debug',
  'trace',
  'pprof',
  'dnstap',
  'local',
  'dns64',
  'acl',
  'any',
  'chaos',
  'tsig',
  'header',
  'dnssec',
  'autopath',
  'minimal',
  'template',
  'transfer',
  'route53',
  'azure',
  'clouddns',
  'k8s_external',
  'file',
  'auto',
  'secondary',
  'etcd',
  'grpc',
  'erratic',
  'whoami',
  'on',
  'sign',
  'view',
  'nomad',
];

export interface ServerSurroundings {
  readonly sim: Simulation;
  /** The Pod's name, for labels and random numbers. */
  readonly hostname: string;
  readonly env: Readonly<Record<string, string>>;
  connect(): Transport;
  readFile(path: string): string | undefined;
  now(): number;
  readonly log: LogSink;
  /** Something that the process cannot live with. */
  readonly onFatal: (message: string) => void;
}

/** What a Corefile asks for beside answering. */
export interface ServerSettings {
  /** Of `health`: how long it goes on answering after it was told to end. */
  readonly lameduckMs: number;
  /** Ports that HTTP is answered on. */
  readonly healthPort: number | undefined;
  readonly readyPort: number | undefined;
  readonly metricsPort: number | undefined;
  /** Of `reload`. */
  readonly reloadMs: number | undefined;
  readonly reloadJitterMs: number;
}

interface Server {
  readonly zone: string;
  readonly port: number;
  readonly key: string;
  handler: Handler;
}

/** Everything that one Corefile makes: servers by port and zone, and what they stand on. */
export class ServerSet {
  readonly settings: ServerSettings;
  readonly detectors: LoopDetector[] = [];
  readonly #servers: Server[] = [];
  readonly #clusters: WatchedCluster[] = [];
  readonly #surroundings: ServerSurroundings;

  /** Throws CorefileError. */
  constructor(text: string, file: string, surroundings: ServerSurroundings) {
    this.#surroundings = surroundings;
    const known: readonly string[] = [...ORDER, ...MISSING];
    const { env } = surroundings;
    const blocks = parseCorefile(text, {
      file,
      env,
      isPlugin: (name) => known.includes(name),
      readImport: (path) => surroundings.readFile(path),
    });
    for (const block of blocks) this.#addBlock(block);
    this.settings = settingsOf(blocks.flatMap(({ directives }) => directives));
  }

  get ports(): readonly number[] {
    return [...new Set(this.#servers.map(({ port }) => port))];
  }

  /** What the log begins with: `.:53`. */
  get keys(): readonly string[] {
    return this.#servers.map(({ key }) => key);
  }

  get isReady(): boolean {
    return this.#clusters.every((cluster) => cluster.hasSynced);
  }

  start(): void {
    for (const cluster of this.#clusters) cluster.start();
  }

  stop(): void {
    for (const cluster of this.#clusters) cluster.stop();
  }

  answer(query: Query, port: number): Outcome {
    const onPort = this.#servers.filter((server) => server.port === port);
    const zone = zoneOf(
      normalName(query.name),
      onPort.map((server) => server.zone),
    );
    const server = onPort.find((each) => each.zone === zone);
    return server === undefined ? emptyReply('REFUSED') : server.handler(query);
  }

  #addBlock(block: ServerBlock): void {
    const servers = block.keys.map(serverOf);
    for (const { key, zone, port } of servers) {
      const twin = this.#servers.find((other) => other.zone === zone && other.port === port);
      if (twin !== undefined) throw new CorefileError(`cannot serve dns://${key} - it is already defined`);
    }
    const zones = servers.map(({ zone }) => zone);
    let handler: Handler = () => emptyReply('REFUSED');
    const last: Handler = handler;
    const missing = block.directives.find(({ name }) => MISSING.includes(name));
    if (missing !== undefined) {
      throw directiveError(missing, `the plugin '${missing.name}' is not there in this simulated CoreDNS`);
    }
    // The last plugin of the order is made first: it is what the one before asks next.
    handler = [...ORDER]
      .reverse()
      .flatMap((name) => this.#plugins(name, block, zones, (query) => handler(query)))
      .reduce((next, plugin) => plugin(next), last);
    for (const server of servers) this.#servers.push({ ...server, handler: (query) => handler(query) });
  }

  #plugins(
    name: (typeof ORDER)[number],
    { directives }: ServerBlock,
    zones: readonly string[],
    resolve: Handler,
  ): readonly Plugin[] {
    const own = directives.filter((directive) => directive.name === name);
    if (own.length > 1 && !['rewrite', 'forward', 'log', 'kubernetes'].includes(name)) {
      throw directiveError(own[1]!, 'this plugin can only be used once per Server Block');
    }
    if (name === 'rewrite') return own.length === 0 ? [] : [rewritePlugin(own.flatMap(rewriteRules))];
    return own.reverse().flatMap((directive) => this.#plugin(directive, zones, resolve) ?? []);
  }

  #plugin(directive: Directive, zones: readonly string[], resolve: Handler): Plugin | undefined {
    const { sim, hostname, log, now, onFatal, connect } = this.#surroundings;
    const readFile = (path: string) => this.#surroundings.readFile(path);
    switch (directive.name) {
      case 'errors':
        return errorsPlugin(log);
      case 'log':
        return logPlugin(directive.args.length > 0 ? directive.args.map(normalName) : zones, log, now);
      case 'loadbalance':
        return loadbalancePlugin(sim.random(`coredns loadbalance ${hostname}`));
      case 'cache':
        return cachePlugin(cacheOptions(directive, zones), now);
      case 'hosts':
        return hostsPlugin(hostsOptions(directive, zones, readFile));
      case 'kubernetes': {
        const options = kubernetesOptions(directive, zones);
        const cluster = new WatchedCluster(sim, connect(), `coredns/${hostname}`, options.pods === 'verified');
        this.#clusters.push(cluster);
        return kubernetesPlugin(options, cluster, resolve);
      }
      case 'loop': {
        const random = sim.random(`coredns loop ${hostname}`);
        const detector = new LoopDetector(
          `${random.uint32()}${random.uint32()}.${random.uint32()}${random.uint32()}`,
          zones[0] ?? '',
          onFatal,
        );
        this.detectors.push(detector);
        return detector.plugin;
      }
      case 'forward':
        return forwardPlugin(forwardOptions(directive, readFile));
      default:
        return undefined;
    }
  }
}

/** `dns://example.org:1053`, `.:53`, `.` */
function serverOf(key: string): Omit<Server, 'handler'> {
  const match = /^(?:([a-z]+):\/\/)?([^:/]*)(?::(\d+))?$/i.exec(key);
  const [, scheme = 'dns', zone = '', port = '53'] = match ?? [];
  if (match === null || scheme !== 'dns')
    throw new CorefileError(`invalid server block key "${key}": only dns:// is there`);
  return { zone: normalName(zone), port: Number(port), key: `${normalName(zone)}.:${port}` };
}

const DEFAULT_RELOAD_MS = 30_000;
const MIN_RELOAD_MS = 2000;

function settingsOf(directives: readonly Directive[]): ServerSettings {
  const find = (name: string) => directives.find((directive) => directive.name === name);
  const portOf = (name: string, fallback: number) => {
    const directive = find(name);
    if (directive === undefined) return undefined;
    const [address] = directive.args;
    const port = address === undefined ? fallback : Number(/:(\d+)$/.exec(address)?.[1]);
    if (Number.isNaN(port)) throw directiveError(directive, `address ${address}: missing port in address`);
    return port;
  };
  const health = find('health');
  const lameduck = health?.properties.find(({ name }) => name === 'lameduck');
  const reload = find('reload');
  const reloadMs = reload && durationMs(reload, reload.args[0], DEFAULT_RELOAD_MS);
  if (reload !== undefined && reloadMs !== undefined && reloadMs < MIN_RELOAD_MS) {
    throw directiveError(reload, `interval value must be greater or equal to 2s`);
  }
  return {
    lameduckMs: health === undefined || lameduck === undefined ? 0 : durationMs(health, lameduck.args[0], 0),
    healthPort: portOf('health', 8080),
    readyPort: portOf('ready', 8181),
    metricsPort: portOf('prometheus', 9153),
    reloadMs,
    reloadJitterMs: reload === undefined ? 0 : durationMs(reload, reload.args[1], (reloadMs ?? 0) / 2),
  };
}

function durationMs(directive: Directive, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const ms = readGoDuration(text);
  if (typeof ms === 'string') throw directiveError(directive, ms);
  return ms;
}
