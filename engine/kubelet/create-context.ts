import { numericValue } from '../api/quantity.ts';
import { persistentVolumeClaims, persistentVolumes, pods, services } from '../api/resources.ts';
import { Timestamps } from '../api/timestamp.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { Informer } from '../client/informer.ts';
import { BackOff } from './back-off.ts';
import { Turnstile } from './concurrent.ts';
import { type DeviceSurroundings, Devices } from './devices.ts';
import { commandsOn } from './host-command.ts';
import { ImagePullRecords } from './image-pull-records.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { KubeletOptions } from './options.ts';
import { Plugins } from './plugins.ts';
import { ReferencedObjects } from './referenced-objects.ts';
import { ResolvConf } from './resolv-conf.ts';
import { RuntimeCache } from './runtime-cache.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { UserNamespaces } from './user-namespaces.ts';
import { WaitingReasons } from './waiting-reasons.ts';

const CONTAINER_BACK_OFF_MS = [10_000, 300_000] as const;

/** What the parts know of the whole. */
type KubeletView = Pick<DeviceSurroundings, 'activePods' | 'sourcesReady'> & {
  /** The Node's status is different now. */
  statusChanged(): void;
};

/** Makes what the parts of a kubelet share. */
export function createContext(
  options: KubeletOptions,
  client: Client,
  recorder: EventRecorder,
  { statusChanged, ...view }: KubeletView,
): KubeletContext {
  const { sim, nodeName, nodeAddress, root, runtime, images } = options;
  const [initialMs, maxMs] = CONTAINER_BACK_OFF_MS;
  const component = `kubelet/${nodeName}`;
  const cache = new RuntimeCache(runtime);
  return {
    sim,
    timestamps: new Timestamps(),
    nodeName,
    component,
    nodeAddress,
    root,
    capacityBytes: numericValue(options.capacity.memory),
    runtime,
    images,
    cache,
    recorder,
    pods: client.resource(pods),
    objects: new ReferencedObjects(sim, client, nodeName),
    tokens: new ServiceAccountTokens(sim, client, nodeName),
    claims: { claims: client.resource(persistentVolumeClaims), volumes: client.resource(persistentVolumes) },
    services: new Informer(sim, client.resource(services), { name: `${component} services` }),
    containerBackOff: new BackOff(initialMs, maxMs),
    imageBackOff: new BackOff(initialMs, maxMs),
    pulls: new Turnstile(),
    pullRecords: new ImagePullRecords(),
    waiting: new WaitingReasons(),
    clusterDns: options.clusterDns,
    seccompDefault: options.configuration?.seccompDefault === true,
    resolvConf: root && new ResolvConf(root),
    userNamespaces: new UserNamespaces(),
    devices: new Devices(options, {
      ...view,
      isRunning: (uid, container) => cache.isRunning(uid, container),
      changed: statusChanged,
    }),
    run: options.commands && commandsOn(options.commands),
    journal: options.journal,
    plugins: new Plugins({
      sim,
      nodeName,
      ...(root && { root }),
      ...(options.createNodePlugins && { createNodePlugins: options.createNodePlugins }),
      client,
      recorder,
      changed: statusChanged,
      ...view,
    }),
  };
}
