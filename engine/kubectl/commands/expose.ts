import { RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { createObject, GENERATOR_FLAGS, generatedNamespace } from '../generator.ts';
import { FILE_FLAGS, fieldManagerFlag } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { OVERRIDE_FLAGS, withOverrides } from '../overrides.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';
import { fieldAt, isObject, type Unstructured } from '../unstructured.ts';

const EXPOSABLE: ReadonlySet<string> = new Set(['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet']);

export const expose: Command = {
  name: 'expose',
  summary: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  section: 'Basic Commands (Beginner)',
  usage:
    'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--type=type]',
  examples: ['kubectl expose deployment web --port=80 --target-port=8080'],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    RECORD_FLAG,
    ...GENERATOR_FLAGS.filter(({ name }) => name !== 'field-manager' && name !== 'validate'),
    ...OVERRIDE_FLAGS,
    fieldManagerFlag('kubectl-expose'),
    { name: 'selector', type: 'string', help: "The Service's selector; that of the object unless told" },
    { name: 'port', type: 'string', help: 'The port that the Service serves on' },
    { name: 'target-port', type: 'string', help: 'The port, or its name, on the Pods' },
    { name: 'protocol', type: 'string', help: 'The protocol; TCP unless told', values: ['TCP', 'UDP', 'SCTP'] },
    { name: 'name', type: 'string', help: "The Service's name; that of the object unless told" },
    { name: 'labels', short: 'l', type: 'string', help: "The Service's labels" },
    {
      name: 'type',
      type: 'string',
      help: 'The type of the Service',
      values: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    },
    { name: 'external-ip', type: 'string', help: 'An address from outside that the Service accepts' },
    { name: 'load-balancer-ip', type: 'string', help: 'The address that a load balancer is asked for' },
    { name: 'cluster-ip', type: 'string', help: 'The address of the Service, or None' },
    { name: 'session-affinity', type: 'string', help: 'None or ClientIP', values: ['None', 'ClientIP'] },
  ],
  *run(invocation) {
    // --selector is the new Service's here, not a way to find objects.
    const { found, errors: missing } = yield* findObjects(invocation, { selects: false });
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) {
      yield* collect(invocation, errors, () => {
        const service = withOverrides(invocation, serviceFor(invocation, one), 'io.k8s.api.core.v1.Service');
        report.done(createObject(invocation, service, generatedNamespace(invocation, one.namespace)), 'exposed');
      });
    }
    throwCollected(errors);
    return 0;
  },
};

function serviceFor({ flags }: Invocation, found: Found): Unstructured {
  const { resource, object } = found;
  if (!EXPOSABLE.has(resource.kind)) {
    const group = resource.group === '' ? '' : `.${resource.group}`;
    throw new CommandError(`cannot expose a ${resource.kind}${group}`);
  }
  const name = flags.string('name') || found.name.slice(0, 63);
  const selector = flags.string('selector') === '' ? selectorOf(found) : pairs(flags.string('selector'));
  const labels = flags.string('labels') === '' ? object.metadata.labels : pairs(flags.string('labels'));
  const optional = (field: string, flag: string) => (flags.string(flag) === '' ? {} : { [field]: flags.string(flag) });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...(labels === undefined ? {} : { labels }), name },
    spec: {
      ...optional('clusterIP', 'cluster-ip'),
      ...(flags.string('external-ip') === '' ? {} : { externalIPs: [flags.string('external-ip')] }),
      ...optional('loadBalancerIP', 'load-balancer-ip'),
      ports: portsFor(flags.string('port'), flags.string('target-port'), flags.string('protocol'), found),
      selector,
      ...optional('sessionAffinity', 'session-affinity'),
      ...optional('type', 'type'),
    },
    status: { loadBalancer: {} },
  };
  return service as unknown as Unstructured;
}

function pairs(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(',').map((pair) => pair.split(/==?/).slice(0, 2)));
}

function selectorOf({ resource, object }: Found): unknown {
  if (resource.kind === 'Pod') {
    const { labels } = object.metadata;
    if (labels === undefined || Object.keys(labels).length === 0) {
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    }
    return labels;
  }
  const selector = fieldAt(object, 'spec', 'selector');
  if (resource.kind === 'Service' && selector === undefined) {
    throw new CommandError(
      `couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`,
    );
  }
  if (isObject(selector) && Array.isArray(selector.matchExpressions) && selector.matchExpressions.length > 0) {
    throw new CommandError(
      "couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions to map-based selector format",
    );
  }
  return isObject(selector) && 'matchLabels' in selector ? selector.matchLabels : selector;
}

interface Port {
  readonly port: number;
  readonly protocol: string;
}

/** The ports that the object itself names, for when none is given. */
function portsIn({ resource, object }: Found): readonly Port[] {
  if (resource.kind === 'Service') {
    const ports = fieldAt(object, 'spec', 'ports');
    return Array.isArray(ports) ? ports.map(({ port, protocol = 'TCP' }) => ({ port, protocol })) : [];
  }
  const path = resource.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  const containers = fieldAt(object, ...path, 'containers') as readonly {
    readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  }[];
  return containers.flatMap(({ ports = [] }) =>
    ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })),
  );
}

function portsFor(given: string, target: string, protocol: string, found: Found): readonly unknown[] {
  const known = portsIn(found);
  const ports = given === '' ? known : given.split(',').map((text) => ({ port: Number(text), text }));
  if (ports.length === 0) throw new CommandError("couldn't find port via --port flag or introspection");
  return ports.map(({ port, ...rest }, index) => {
    const text = 'text' in rest ? rest.text : String(port);
    if (!Number.isInteger(port))
      throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    const targetPort = target === '' ? port : /^\d+$/.test(target) ? Number(target) : target;
    return {
      ...(ports.length > 1 ? { name: `port-${index + 1}` } : {}),
      port,
      protocol: protocol || (known.find((one) => one.port === port)?.protocol ?? 'TCP'),
      targetPort,
    };
  });
}
