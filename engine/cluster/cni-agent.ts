import { nodes } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { bridgeConflist, NET_CONFIG_DIRECTORY } from '../cni/network-config.ts';
import type { Program } from '../linux/syscalls.ts';

const CONFLIST_PATH = `${NET_CONFIG_DIRECTORY}/10-bridge.conflist`;

/** How often the agent asks for its node's range while it has none. */
const ASK_EVERY_MS = 200;

/**
 * The network agent of a node: waits until the node has been given a range of Pod addresses and writes the runtime's
 * network configuration, upon which the node becomes Ready. What kindnet or flannel do first; here it runs as a service
 * of the machine.
 */
export function cniAgent(nodeName: string, transport: Transport): Program {
  return function* (process) {
    const client = new Client(transport, { userAgent: 'cni-agent' });
    for (;;) {
      const podCidr = readPodCidr(client, nodeName);
      if (podCidr !== undefined) {
        process.writeFile(CONFLIST_PATH, bridgeConflist(podCidr));
        yield* process.pause();
        return 0;
      }
      yield* process.sleep(ASK_EVERY_MS);
    }
  };
}

function readPodCidr(client: Client, nodeName: string): string | undefined {
  try {
    return client.resource(nodes).get(nodeName).spec.podCIDR;
  } catch {
    // No API server yet, or the kubelet has not registered the node: ask again.
    return undefined;
  }
}
