import type { DaemonSet, Deployment, StatefulSet } from '../api/kinds.ts';
import { CommandError } from './command-error.ts';
import type { Invocation } from './invocation.ts';
import type { Unstructured } from './unstructured.ts';

// After kubernetes/kubectl pkg/polymorphichelpers/rollout_status.go.

/** How far a rollout has come. */
interface Progress {
  readonly message: string;
  readonly done: boolean;
}

type Viewer = (object: Unstructured, invocation: Invocation) => Progress;

/** The viewer for a kind; undefined for kinds that have no rollouts. */
export function progressViewer(kind: string): Viewer | undefined {
  return VIEWERS[kind];
}

const VIEWERS: Readonly<Record<string, Viewer>> = {
  DaemonSet: (object) => daemonSetProgress(object as unknown as DaemonSet),
  Deployment: (object, invocation) => deploymentProgress(object as unknown as Deployment, invocation),
  StatefulSet: (object) => statefulSetProgress(object as unknown as StatefulSet),
};

function waiting(message: string): Progress {
  return { message: `${message}...\n`, done: false };
}

function deploymentProgress({ metadata, spec, status = {} }: Deployment, invocation: Invocation): Progress {
  const wanted = invocation.flags.int('revision');
  const revision = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '0');
  if (wanted > 0 && revision !== wanted) {
    throw new CommandError(`desired revision (${wanted}) is different from the running revision (${revision})`);
  }
  const name = JSON.stringify(metadata.name);
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) {
    return waiting('Waiting for deployment spec update to be observed');
  }
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new CommandError(`deployment ${name} exceeded its progress deadline`);
  }
  const [desired, total, updated, available] = [
    spec.replicas ?? 1,
    status.replicas ?? 0,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
  ];
  const unfinished = (what: string) => waiting(`Waiting for deployment ${name} rollout to finish: ${what}`);
  if (updated < desired) return unfinished(`${updated} out of ${desired} new replicas have been updated`);
  if (total > updated) return unfinished(`${total - updated} old replicas are pending termination`);
  if (available < updated) return unfinished(`${available} of ${updated} updated replicas are available`);
  return { message: `deployment ${name} successfully rolled out\n`, done: true };
}

function onlyRollingUpdate(type: string | undefined): void {
  if (type === 'RollingUpdate') return;
  throw new CommandError('rollout status is only available for RollingUpdate strategy type');
}

function daemonSetProgress({ metadata, spec, status }: DaemonSet): Progress {
  onlyRollingUpdate(spec.updateStrategy?.type);
  const name = JSON.stringify(metadata.name);
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return waiting('Waiting for daemon set spec update to be observed');
  }
  const desired = status?.desiredNumberScheduled ?? 0;
  const updated = status?.updatedNumberScheduled ?? 0;
  const available = status?.numberAvailable ?? 0;
  const unfinished = (what: string) => waiting(`Waiting for daemon set ${name} rollout to finish: ${what}`);
  if (updated < desired) return unfinished(`${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return unfinished(`${available} of ${desired} updated pods are available`);
  return { message: `daemon set ${name} successfully rolled out\n`, done: true };
}

function statefulSetProgress({ metadata, spec, status }: StatefulSet): Progress {
  onlyRollingUpdate(spec.updateStrategy?.type);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) {
    return waiting('Waiting for statefulset spec update to be observed');
  }
  const { replicas = 1 } = spec;
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready`);
  // The server fills rollingUpdate in, so that this is what kubectl says of every StatefulSet.
  const rollingUpdate = spec.updateStrategy?.rollingUpdate;
  if (rollingUpdate !== undefined) {
    const wanted = replicas - (rollingUpdate.partition ?? 0);
    if (updatedReplicas < wanted) {
      const what = `${updatedReplicas} out of ${wanted} new pods have been updated`;
      return waiting(`Waiting for partitioned roll out to finish: ${what}`);
    }
    return { message: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`, done: true };
  }
  const { updateRevision, currentRevision, currentReplicas = 0 } = status ?? {};
  if (updateRevision !== currentRevision) {
    const what = `${updatedReplicas} pods at revision ${updateRevision}`;
    return waiting(`waiting for statefulset rolling update to complete ${what}`);
  }
  const what = `${currentReplicas} pods at revision ${currentRevision}`;
  return { message: `statefulset rolling update complete ${what}...\n`, done: true };
}
