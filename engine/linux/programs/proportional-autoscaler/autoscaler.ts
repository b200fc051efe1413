import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { FlagError, type FlagSpecs, parseFlags } from '../go/flags.ts';
import { type ApiAnswer, askApiServer } from '../go/in-cluster.ts';
import { goProgram, klog } from '../go/runtime.ts';
import { type ClusterSize, ParametersError, wantedReplicas } from './replicas.ts';

const FLAGS: FlagSpecs = {
  namespace: { type: 'string', default: '', usage: 'The Namespace of the --target and --configmap.' },
  configmap: { type: 'string', default: '', usage: 'ConfigMap containing our scaling parameters.' },
  target: { type: 'string', default: '', usage: 'Target to scale, in format deployment/*, replicaset/*, ...' },
  'default-params': { type: 'string', default: '', usage: 'Default parameters(JSON format) for auto-scaling.' },
  nodelabels: {
    type: 'string',
    default: '',
    usage: 'NodeLabels for filtering search of nodes and its cpus by LabelSelectors.',
  },
  'poll-period-seconds': {
    type: 'int',
    default: 10,
    usage: 'The time, in seconds, to check cluster status and perform autoscale.',
  },
  logtostderr: { type: 'bool', default: true, usage: 'log to standard error instead of files' },
  v: { type: 'int', default: 0, usage: 'log level for V logs' },
};

/** Where each kind that can be scaled is. */
const RESOURCES: Readonly<Record<string, string>> = {
  deployment: 'apis/apps/v1/namespaces/*/deployments',
  replicaset: 'apis/apps/v1/namespaces/*/replicasets',
  statefulset: 'apis/apps/v1/namespaces/*/statefulsets',
  replicationcontroller: 'api/v1/namespaces/*/replicationcontrollers',
};

interface Settings {
  readonly namespace: string;
  readonly configMap: string;
  /** Of the scale subresource. */
  readonly scalePath: string;
  /** What the ConfigMap is made of when it is not there. */
  readonly defaults: Readonly<Record<string, string>> | undefined;
  readonly nodeLabels: string;
}

interface ConfigMap {
  readonly metadata: { readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string>>;
}

interface NodeList {
  readonly items: readonly {
    readonly spec?: { readonly unschedulable?: boolean };
    readonly status?: { readonly allocatable?: { readonly cpu?: string } };
  }[];
}

interface Scale {
  readonly spec: { readonly replicas?: number };
}

/**
 * registry.k8s.io/cpa/cluster-proportional-autoscaler: as many replicas as the cluster's nodes and cores want.
 * https://kubernetes.io/docs/tasks/administer-cluster/dns-horizontal-autoscaling/
 */
export const proportionalAutoscaler = goProgram(function* (process, args) {
  try {
    const flags = parseFlags(args, FLAGS);
    const [kind = '', name = ''] = flags.string('target').split('/');
    const resource = RESOURCES[kind.toLowerCase().replace(/s$/, '')];
    const namespace = flags.string('namespace');
    if (resource === undefined || name === '' || namespace === '' || flags.string('configmap') === '') {
      throw new FlagError('target format error, --namespace, --configmap and --target have to be set');
    }
    yield* klog(
      process,
      'I',
      'autoscaler.go:49',
      `Scaling Namespace: ${namespace}, Target: ${kind.toLowerCase()}/${name}`,
    );
    const settings = {
      namespace,
      configMap: flags.string('configmap'),
      scalePath: `/${resource.replace('*', namespace)}/${name}/scale`,
      defaults: defaultParameters(flags.string('default-params')),
      nodeLabels: flags.string('nodelabels'),
    };
    for (;;) {
      const problem = yield* poll(process, settings);
      if (problem !== undefined) yield* klog(process, 'E', 'autoscaler_server.go:164', problem);
      yield* process.sleep(flags.number('poll-period-seconds') * 1000);
    }
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 1;
  }
});

/** `{"linear":{…}}` as the ConfigMap has it: a text for each mode. */
function defaultParameters(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  try {
    const modes = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
    return Object.fromEntries(modes.map(([mode, parameters]) => [mode, JSON.stringify(parameters)]));
  } catch (error) {
    throw new FlagError(`invalid argument "${text}" for "--default-params" flag: ${(error as Error).message}`);
  }
}

/** Looks once, and scales when the number is another. @returns what went wrong */
function* poll(process: Process, settings: Settings): Task<string | undefined> {
  const selector = settings.nodeLabels === '' ? '' : `?labelSelector=${encodeURIComponent(settings.nodeLabels)}`;
  const nodes = yield* askApiServer<NodeList>(process, 'GET', `/api/v1/nodes${selector}`);
  if ('error' in nodes) return `Error while getting cluster status: ${nodes.error}`;
  const configMap = yield* configMapOf(process, settings);
  if ('error' in configMap) return `Error syncing configMap with apiserver: ${configMap.error}`;
  const size = sizeOf(nodes.object);
  try {
    return yield* scale(process, settings.scalePath, wantedReplicas(configMap.object.data ?? {}, size), size);
  } catch (error) {
    if (!(error instanceof ParametersError)) throw error;
    return `Error ensuring controller: ${error.message}`;
  }
}

function* configMapOf(
  process: Process,
  { namespace, configMap: name, defaults }: Settings,
): Task<ApiAnswer<ConfigMap>> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const found = yield* askApiServer<ConfigMap>(process, 'GET', `${path}/${name}`);
  if (!('error' in found) || defaults === undefined) return found;
  const place = 'autoscaler_server.go:157';
  yield* klog(process, 'I', place, `ConfigMap not found: ${found.error}, will create one with default params`);
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: defaults };
  const made = yield* askApiServer<ConfigMap>(process, 'POST', path, body);
  if ('object' in made) {
    yield* klog(process, 'I', 'k8sclient.go:148', `Created ConfigMap ${name} in namespace ${namespace}`);
  }
  return made;
}

function sizeOf({ items }: NodeList): ClusterSize {
  const schedulable = items.filter(({ spec }) => spec?.unschedulable !== true);
  return {
    nodes: items.length,
    cores: coresOf(items),
    schedulableNodes: schedulable.length,
    schedulableCores: coresOf(schedulable),
  };
}

function coresOf(nodes: NodeList['items']): number {
  const cores = nodes.map(({ status }) => status?.allocatable?.cpu ?? '0');
  return Math.ceil(
    cores.reduce((sum, cpu) => sum + (cpu.endsWith('m') ? Number.parseInt(cpu, 10) / 1000 : Number(cpu)), 0),
  );
}

function* scale(process: Process, path: string, wanted: number, size: ClusterSize): Task<string | undefined> {
  const now = yield* askApiServer<Scale>(process, 'GET', path);
  if ('error' in now) return `Update failure: ${now.error}`;
  const { replicas = 0 } = now.object.spec;
  if (replicas === wanted) return undefined;
  const { nodes, cores, schedulableNodes, schedulableCores } = size;
  const counts = `TotalNodes[${nodes}], TotalCores[${cores}], SchedulableNodes[${schedulableNodes}], SchedulableCores[${schedulableCores}]`;
  yield* klog(process, 'I', 'k8sclient.go:272', `Cluster status: ${counts}`);
  const change = `updating replicas from ${replicas} to ${wanted}`;
  yield* klog(process, 'I', 'k8sclient.go:273', `Replicas are not as expected : ${change}`);
  const written = yield* askApiServer(process, 'PUT', path, { ...now.object, spec: { replicas: wanted } });
  return 'error' in written ? `Update failure: ${written.error}` : undefined;
}
