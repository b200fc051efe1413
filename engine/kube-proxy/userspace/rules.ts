import type { ServicePort } from '../service-port.ts';

/** A Service port and the port at which this node's proxy serves for it. */
export interface ProxiedPort {
  readonly service: ServicePort;
  readonly proxyPort: number;
}

const PORTALS = 'handle ClusterIPs; NOTE: this must be before the NodePort rules';
const NODE_PORTS = 'handle service NodePorts; NOTE: this must be the last rule in the chain';

/** Ways into the chains; those for node ports come last. */
const JUMPS: readonly string[] = [
  `-I PREROUTING -m comment --comment "${PORTALS}" -j KUBE-PORTALS-CONTAINER`,
  `-I OUTPUT -m comment --comment "${PORTALS}" -j KUBE-PORTALS-HOST`,
  `-A PREROUTING -m addrtype --dst-type LOCAL -m comment --comment "${NODE_PORTS}" -j KUBE-NODEPORT-CONTAINER`,
  `-A OUTPUT -m addrtype --dst-type LOCAL -m comment --comment "${NODE_PORTS}" -j KUBE-NODEPORT-HOST`,
];

const CHAINS = ['KUBE-PORTALS-CONTAINER', 'KUBE-PORTALS-HOST', 'KUBE-NODEPORT-CONTAINER', 'KUBE-NODEPORT-HOST'];

/**
 * What comes for a Service is turned to the proxy's own port: by REDIRECT what passes, by DNAT what the node itself sends.
 * https://github.com/kubernetes/kubernetes/tree/v1.25.0/pkg/proxy/userspace
 *
 * @param jumps whether the ways into the chains are to be made, which is done once
 */
export function userspaceRules(ports: readonly ProxiedPort[], nodeIp: string, jumps: boolean): string {
  const lines = ports.flatMap(({ service, proxyPort }) => {
    const { name, protocol, port, nodePort, clusterIp, externalIps, loadBalancerIps } = service;
    const match = (number: number) => `-p ${protocol} -m comment --comment "${name}" -m ${protocol} --dport ${number}`;
    const container = `-j REDIRECT --to-ports ${proxyPort}`;
    const host = `-j DNAT --to-destination ${nodeIp}:${proxyPort}`;
    return [
      ...[clusterIp, ...externalIps, ...loadBalancerIps].flatMap((address) => [
        `-A KUBE-PORTALS-CONTAINER -d ${address}/32 ${match(port)} ${container}`,
        `-A KUBE-PORTALS-HOST -d ${address}/32 ${match(port)} ${host}`,
      ]),
      ...(nodePort === 0
        ? []
        : [
            `-A KUBE-NODEPORT-CONTAINER ${match(nodePort)} ${container}`,
            `-A KUBE-NODEPORT-HOST ${match(nodePort)} ${host}`,
          ]),
    ];
  });
  return ['*nat', ...CHAINS.map((chain) => `:${chain} - [0:0]`), ...(jumps ? JUMPS : []), ...lines, 'COMMIT', ''].join(
    '\n',
  );
}
