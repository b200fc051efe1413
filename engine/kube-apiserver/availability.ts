import type { APIService } from '../api/extension-kinds.ts';
import type { Simulation } from '../sim/index.ts';
import type { ServiceDialer } from './aggregation.ts';
import type { Clock } from './clock.ts';
import type { ServedKinds } from './served-kinds.ts';

const PERIOD_MS = 5000;

type Condition = NonNullable<NonNullable<APIService['status']>['conditions']>[number];

/**
 * Looks from time to time whether the servers behind APIServices answer, and says so in their status. The returned
 * function ends that. After kube-aggregator `pkg/controllers/status/remote/remote_available_controller.go`.
 */
export function watchAvailability(sim: Simulation, clock: Clock, served: ServedKinds, dial: ServiceDialer): () => void {
  const look = (): void => {
    for (const object of served.lookup.all('apiservices') as readonly APIService[]) {
      const service = object.spec?.service;
      if (service === undefined) continue;
      const { namespace = '', name = '' } = service;
      const judged = judge(dial(namespace, name) !== undefined, namespace, name);
      const before = object.status?.conditions?.find(({ type }) => type === 'Available');
      if (before?.status === judged.status && before.reason === judged.reason) continue;
      const lastTransitionTime = new Date(Math.floor(clock.nowMs / 1000) * 1000).toISOString().replace('.000', '');
      served.write('apiservices', {
        ...object,
        status: { conditions: [{ ...judged, lastTransitionTime }] },
      } as APIService);
    }
    timer = sim.schedule(PERIOD_MS, 'kube-apiserver availability', look);
  };
  let timer = sim.schedule(PERIOD_MS, 'kube-apiserver availability', look);
  return () => timer.cancel();
}

function judge(answers: boolean, namespace: string, name: string): Omit<Condition, 'lastTransitionTime'> {
  if (answers) return { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' };
  const message = `endpoints for service/${name} in "${namespace}" have no addresses with port name "https"`;
  return { type: 'Available', status: 'False', reason: 'MissingEndpoints', message };
}
