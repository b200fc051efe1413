import { type FeatureGate, type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import { AttachDetachController } from './attach-detach/attach-detach-controller.ts';
import { BootstrapTokensController } from './bootstrap/bootstrap-tokens-controller.ts';
import { ApprovingController } from './certificates/approving-controller.ts';
import { CleanerController } from './certificates/cleaner-controller.ts';
import { SigningController } from './certificates/signing-controller.ts';
import { ClusterRoleAggregationController } from './clusterrole-aggregation/cluster-role-aggregation-controller.ts';
import type { ControllerContext, RunningController } from './controller-context.ts';
import { CronJobController } from './cronjob/cron-job-controller.ts';
import { DaemonSetController } from './daemonset/daemon-set-controller.ts';
import { DeploymentController } from './deployment/deployment-controller.ts';
import { DisruptionController } from './disruption/disruption-controller.ts';
import { EndpointsController } from './endpoint/endpoints-controller.ts';
import { EndpointSliceController } from './endpointslice/endpoint-slice-controller.ts';
import { EndpointSliceMirroringController } from './endpointslicemirroring/endpoint-slice-mirroring-controller.ts';
import { EphemeralVolumeController } from './ephemeral-volume/ephemeral-volume-controller.ts';
import { GarbageCollector } from './garbage-collector/garbage-collector.ts';
import { JobController } from './job/job-controller.ts';
import { NamespaceController } from './namespace/namespace-controller.ts';
import { NodeIpamController } from './node-ipam/node-ipam-controller.ts';
import { NodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts';
import { PersistentVolumeBinder } from './persistentvolume-binder/persistent-volume-binder.ts';
import { VolumeProtectionController } from './persistentvolume-protection/volume-protection-controller.ts';
import { ClaimProtectionController } from './persistentvolumeclaim-protection/claim-protection-controller.ts';
import { PodGarbageCollector } from './pod-garbage-collector/pod-garbage-collector.ts';
import { HorizontalPodAutoscalerController } from './podautoscaler/horizontal-pod-autoscaler-controller.ts';
import { PodGroupProtectionController } from './podgroup-protection/pod-group-protection-controller.ts';
import { ReplicaSetController } from './replicaset/replica-set-controller.ts';
import { REPLICATION_CONTROLLERS } from './replicaset/replication-controller.ts';
import { ResourceClaimController } from './resourceclaim/resource-claim-controller.ts';
import { ResourceQuotaController } from './resourcequota/resource-quota-controller.ts';
import { RootCaPublisher } from './root-ca-publisher/root-ca-publisher.ts';
import { ServiceAccountsController } from './service-account/service-accounts-controller.ts';
import { TokensController } from './service-account/tokens-controller.ts';
import { ServiceCidrController } from './servicecidrs/service-cidr-controller.ts';
import { StatefulSetController } from './statefulset/stateful-set-controller.ts';
import { TaintEvictionController } from './taint-eviction/taint-eviction-controller.ts';
import { TtlAfterFinishedController } from './ttl-after-finished/ttl-after-finished-controller.ts';
import { VolumeExpandController } from './volume-expand/volume-expand-controller.ts';

/** A controller as `--controllers` knows it. */
export interface ControllerDescriptor {
  readonly name: string;
  /** The name it went by until 1.27, still understood. */
  readonly alias: string;
  /** The feature without which it does not run. */
  readonly gate?: FeatureGate;
  /** Whether `*` leaves it out. */
  readonly onlyByName?: true;
  readonly create: (context: ControllerContext) => RunningController & { start(): void };
}

/** After `cmd/kube-controller-manager/app/controller_descriptor.go`. */
export const CONTROLLERS: readonly ControllerDescriptor[] = [
  { name: 'endpoints-controller', alias: 'endpoint', create: (context) => new EndpointsController(context) },
  {
    name: 'endpointslice-controller',
    alias: 'endpointslice',
    create: (context) => new EndpointSliceController(context),
  },
  {
    name: 'endpointslice-mirroring-controller',
    alias: 'endpointslicemirroring',
    create: (context) => new EndpointSliceMirroringController(context),
  },
  {
    name: 'serviceaccount-controller',
    alias: 'serviceaccount',
    create: (context) => new ServiceAccountsController(context),
  },
  {
    name: 'serviceaccount-token-controller',
    alias: 'serviceaccount-token',
    create: (context) => new TokensController(context),
  },
  {
    name: 'replicationcontroller-controller',
    alias: 'replicationcontroller',
    create: (context) => new ReplicaSetController(context, REPLICATION_CONTROLLERS),
  },
  {
    name: 'resourcequota-controller',
    alias: 'resourcequota',
    create: (context) => new ResourceQuotaController(context),
  },
  {
    name: 'horizontal-pod-autoscaler-controller',
    alias: 'horizontalpodautoscaling',
    create: (context) => new HorizontalPodAutoscalerController(context),
  },
  { name: 'disruption-controller', alias: 'disruption', create: (context) => new DisruptionController(context) },
  {
    name: 'root-ca-certificate-publisher-controller',
    alias: 'root-ca-cert-publisher',
    create: (context) => new RootCaPublisher(context),
  },
  {
    name: 'clusterrole-aggregation-controller',
    alias: 'clusterrole-aggregation',
    create: (context) => new ClusterRoleAggregationController(context),
  },
  { name: 'namespace-controller', alias: 'namespace', create: (context) => new NamespaceController(context) },
  {
    name: 'garbage-collector-controller',
    alias: 'garbagecollector',
    create: (context) => new GarbageCollector(context),
  },
  { name: 'daemonset-controller', alias: 'daemonset', create: (context) => new DaemonSetController(context) },
  { name: 'job-controller', alias: 'job', create: (context) => new JobController(context) },
  { name: 'deployment-controller', alias: 'deployment', create: (context) => new DeploymentController(context) },
  { name: 'replicaset-controller', alias: 'replicaset', create: (context) => new ReplicaSetController(context) },
  { name: 'node-ipam-controller', alias: 'nodeipam', create: (context) => new NodeIpamController(context) },
  {
    name: 'node-lifecycle-controller',
    alias: 'nodelifecycle',
    create: (context) => new NodeLifecycleController(context),
  },
  {
    name: 'taint-eviction-controller',
    alias: 'taint-eviction',
    create: (context) => new TaintEvictionController(context),
  },
  {
    name: 'pod-garbage-collector-controller',
    alias: 'podgc',
    create: (context) => new PodGarbageCollector(context),
  },
  { name: 'statefulset-controller', alias: 'statefulset', create: (context) => new StatefulSetController(context) },
  { name: 'cronjob-controller', alias: 'cronjob', create: (context) => new CronJobController(context) },
  {
    name: 'certificatesigningrequest-signing-controller',
    alias: 'csrsigning',
    create: (context) => new SigningController(context),
  },
  {
    name: 'certificatesigningrequest-approving-controller',
    alias: 'csrapproving',
    create: (context) => new ApprovingController(context),
  },
  {
    name: 'certificatesigningrequest-cleaner-controller',
    alias: 'csrcleaner',
    create: (context) => new CleanerController(context),
  },
  {
    name: 'bootstrap-signer-controller',
    alias: 'bootstrapsigner',
    onlyByName: true,
    create: (context) => new BootstrapTokensController(context, 'bootstrap-signer', 'sign'),
  },
  {
    name: 'token-cleaner-controller',
    alias: 'tokencleaner',
    onlyByName: true,
    create: (context) => new BootstrapTokensController(context, 'token-cleaner', 'clean'),
  },
  {
    name: 'persistentvolume-binder-controller',
    alias: 'persistentvolume-binder',
    create: (context) => new PersistentVolumeBinder(context),
  },
  {
    name: 'persistentvolumeclaim-protection-controller',
    alias: 'pvc-protection',
    create: (context) => new ClaimProtectionController(context),
  },
  {
    name: 'persistentvolume-protection-controller',
    alias: 'pv-protection',
    create: (context) => new VolumeProtectionController(context),
  },
  {
    name: 'persistentvolume-attach-detach-controller',
    alias: 'attachdetach',
    create: (context) => new AttachDetachController(context),
  },
  {
    name: 'persistentvolume-expander-controller',
    alias: 'persistentvolume-expander',
    create: (context) => new VolumeExpandController(context),
  },
  {
    name: 'ephemeral-volume-controller',
    alias: 'ephemeral-volume',
    create: (context) => new EphemeralVolumeController(context),
  },
  {
    name: 'resourceclaim-controller',
    alias: 'resource-claim-controller',
    create: (context) => new ResourceClaimController(context),
  },
  {
    name: 'ttl-after-finished-controller',
    alias: 'ttl-after-finished',
    create: (context) => new TtlAfterFinishedController(context),
  },
  {
    name: 'service-cidr-controller',
    alias: 'service-cidr-controller',
    create: (context) => new ServiceCidrController(context),
  },
  {
    name: 'podgroup-protection-controller',
    alias: 'podgroup-protection-controller',
    gate: 'GenericWorkload',
    create: (context) => new PodGroupProtectionController(context),
  },
];

/**
 * The controllers that `--controllers` asks for: `*` all, `foo` also foo, `-foo` not foo.
 *
 * @throws Error for a name that is none, in the words of the real command.
 */
export function selectControllers(
  flags: readonly string[],
  gates: FeatureGates = NO_FEATURES,
): readonly ControllerDescriptor[] {
  for (const flag of flags) {
    const name = flag.startsWith('-') ? flag.slice(1) : flag;
    if (flag !== '*' && !CONTROLLERS.some((one) => one.name === name || one.alias === name)) {
      throw new Error(`"${name}" is not in the list of known controllers`);
    }
  }
  const names = (one: ControllerDescriptor, prefix: string) =>
    flags.includes(`${prefix}${one.name}`) || flags.includes(`${prefix}${one.alias}`);
  const possible = CONTROLLERS.filter(({ gate }) => gate === undefined || gates.has(gate));
  return possible.filter(
    (one) => names(one, '') || (!names(one, '-') && one.onlyByName !== true && flags.includes('*')),
  );
}
