import type { HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { Pod } from '../../api/kinds.ts';
import { events, pods } from '../../api/resources.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from '../index.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nextenders:\n';
export const REFUSED = { error: 'dial tcp 10.0.0.9:80: connect: connection refused' };

export type Reply = HttpOutcome | object | string;

/**
 * A control plane whose scheduler has extenders that are functions.
 *
 * @param extenders YAML: the list of the configuration file
 * @param reply what an extender says to the JSON of a request, by its path
 */
export function extenderBed(extenders: string, reply: (path: string, body: Asked) => Reply, latencyMs = 10) {
  const controlPlane = new ControlPlane('extenders');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runFor(100);
  const requests: HttpRequest[] = [];
  const scheduler = startScheduler({
    sim,
    transport,
    leaderElect: false,
    configuration: HEAD + extenders,
    sendHttp: (request, answered) => {
      requests.push(request);
      const said = reply(request.path, JSON.parse(request.body as string));
      const timer = sim.schedule(latencyMs, 'extender', () => answered(outcomeOf(said)));
      return () => timer.cancel();
    },
  });
  const createPod = (name: string, spec: Partial<Pod['spec']> = {}): Pod =>
    controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    });
  const pod = (name: string) => client.resource(pods).get(name, 'default');
  const messages = (name: string) =>
    client
      .resource(events)
      .list({ namespace: 'default' })
      .items.filter(({ involvedObject, reason }) => involvedObject.name === name && reason === 'FailedScheduling')
      .map(({ message }) => message);
  return { controlPlane, client, sim, scheduler, requests, createPod, pod, messages };
}

export interface Asked {
  readonly Pod: Pod;
  readonly NodeNames: readonly string[] | null;
  readonly Nodes: { readonly items: readonly { readonly metadata: { readonly name: string } }[] } | null;
}

function outcomeOf(said: Reply): HttpOutcome {
  if (typeof said === 'object' && ('error' in said || 'status' in said)) return said as HttpOutcome;
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return { status: 200, headers: {}, body: new TextEncoder().encode(text) };
}
