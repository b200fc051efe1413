import { checkPortName } from '../../api/names.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import type { Unstructured } from '../unstructured.ts';

const TCP_FLAG: FlagSpec = { name: 'tcp', type: 'stringSlice', help: 'A pair of ports: port or port:targetPort' };

const clusterIp = serviceCommand('clusterip', 'Create a ClusterIP service', 'ClusterIP', {
  flags: [{ name: 'clusterip', type: 'string', help: 'An address of its own choice, or None for a headless Service' }],
  spec: ({ flags }) => (flags.string('clusterip') === '' ? {} : { clusterIP: flags.string('clusterip') }),
});

const nodePort = serviceCommand('nodeport', 'Create a NodePort service', 'NodePort', {
  flags: [{ name: 'node-port', type: 'int', default: '0', help: 'The port on each node' }],
});

const loadBalancer = serviceCommand('loadbalancer', 'Create a LoadBalancer service', 'LoadBalancer', { flags: [] });

const externalName = serviceCommand('externalname', 'Create an ExternalName service', 'ExternalName', {
  flags: [{ name: 'external-name', type: 'string', help: 'The name that the Service stands for' }],
  requiredFlags: ['external-name'],
  spec: ({ flags }) => ({ externalName: flags.string('external-name') }),
});

export const createService: Command = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  usage: 'create service [flags]',
  subcommands: [clusterIp, externalName, loadBalancer, nodePort],
};

interface ServiceKind {
  readonly flags: readonly FlagSpec[];
  readonly requiredFlags?: readonly string[];
  readonly spec?: (invocation: Invocation) => Readonly<Record<string, unknown>>;
}

function serviceCommand(name: string, summary: string, type: string, kind: ServiceKind): Command {
  return {
    name,
    summary,
    usage: `create service ${name} NAME [--tcp=<port>:<targetPort>]`,
    operand: 'none',
    ...(kind.requiredFlags === undefined ? {} : { requiredFlags: kind.requiredFlags }),
    flags: [...GENERATOR_FLAGS, TCP_FLAG, ...kind.flags],
    *run(invocation) {
      const { flags } = invocation;
      const service = oneName(invocation);
      const spec = kind.spec?.(invocation) ?? {};
      const pairs = flags.list('tcp');
      if (pairs.length === 0 && type !== 'ExternalName' && spec.clusterIP !== 'None') {
        throw new CommandError('at least one tcp port specifier must be provided');
      }
      const chosen = flags.has('node-port') ? flags.int('node-port') : 0;
      const ports = pairs.map((pair) => ({ ...portOf(pair), ...(chosen === 0 ? {} : { nodePort: chosen }) }));
      const labels = { app: service };
      const object = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { labels, name: service },
        spec: { ...spec, ...(ports.length === 0 ? {} : { ports }), selector: labels, type },
        status: { loadBalancer: {} },
      };
      return yield* generate(invocation, object as unknown as Unstructured, `failed to create ${type} service: `);
    },
  };
}

function portOf(pair: string) {
  const [portText = '', targetText = portText] = pair.split(/:(.*)/s);
  const port = portNumber(portText);
  const targetPort = /^\d+$/.test(targetText) ? Number(targetText) : targetText;
  const [problem] = typeof targetPort === 'number' ? checkPortNumber(targetPort) : checkPortName(targetPort);
  if (problem !== undefined) throw new CommandError(problem);
  return { name: pair.replace(':', '-'), port, protocol: 'TCP', targetPort };
}

function checkPortNumber(port: number): readonly string[] {
  return port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}

function portNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) <= 65_535) return Number(text);
  throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
}
