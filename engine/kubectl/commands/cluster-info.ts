import type { Service } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import type { Invocation } from '../invocation.ts';
import { serverTarget } from '../kubeconfig.ts';
import { clusterInfoDump } from './cluster-info-dump.ts';

/** What the Services of the cluster itself bear: https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/ */
const CLUSTER_SERVICE = 'kubernetes.io/cluster-service=true';

const HINT = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n";

export const clusterInfo: Command = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  section: 'Cluster Management Commands',
  usage: 'cluster-info [flags]',
  subcommands: [clusterInfoDump],
  operand: 'none',
  *run(invocation) {
    const { streams, flags, config, namespaceGiven, namespace } = invocation;
    const { server } = serverTarget(config, flags);
    const scope = { namespace: namespaceGiven ? namespace : 'kube-system', labelSelector: CLUSTER_SERVICE };
    try {
      const services = invocation.discovery.require('services');
      const found = invocation.list(services, scope) as unknown as readonly Service[];
      streams.out(running(invocation, 'Kubernetes control plane', server));
      for (const service of found) {
        const { 'kubernetes.io/name': name = service.metadata.name } = service.metadata.labels ?? {};
        streams.out(running(invocation, name, addressOf(service, server)));
      }
    } finally {
      streams.out(HINT);
    }
    return 0;
  },
};

function running({ process }: Invocation, name: string, address: string): string {
  const color = (code: number, text: string) => (process.isTerminal(1) ? `\x1b[${code};1m${text}\x1b[0m` : text);
  return `${color(32, name)} is running at ${color(33, address)}\n`;
}

/** Its load balancer, or the way to it through the API server. */
function addressOf({ metadata, spec, status }: Service, server: string): string {
  const [balancer] = status?.loadBalancer?.ingress ?? [];
  const ports = spec?.ports ?? [];
  if (balancer !== undefined) {
    const host = balancer.ip ?? balancer.hostname ?? '';
    return ports.map(({ port }) => `${port === 443 ? 'https' : 'http'}://${host}:${port} `).join('');
  }
  const [first] = ports;
  const secure = first !== undefined && (first.name === 'https' || first.port === 443);
  const port = first?.name ?? '';
  const name = port === '' && !secure ? metadata.name : `${secure ? 'https:' : ''}${metadata.name}:${port}`;
  return `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`;
}
