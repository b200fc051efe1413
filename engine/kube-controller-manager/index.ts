import { type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import { Client } from '../client/client.ts';
import { Discovery } from '../client/discovery.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import type { Transport } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';
import type { TokenWork } from './bootstrap/bootstrap-token.ts';
import type { CertificateAuthority } from './certificates/certificate-authority.ts';
import { accountOf } from './controller-accounts.ts';
import type { RunningController } from './controller-context.ts';
import { type ControllerDescriptor, selectControllers } from './controller-descriptors.ts';
import type { ReadSchedule } from './cronjob/schedule-times.ts';
import type { ClaimWork } from './resourceclaim/claim-workplace.ts';

export type { TokenWork } from './bootstrap/bootstrap-token.ts';
export type { ReadSchedule } from './cronjob/schedule-times.ts';
export type { ClaimWork } from './resourceclaim/claim-workplace.ts';

export interface ControllerManagerOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** `--use-service-account-credentials`: how each controller reaches the server as an account of its own. */
  readonly accountTransport?: (account: string) => Transport;
  /** `--controllers`: `*` for all, `foo`, `-foo`. All unless told. */
  readonly controllers?: readonly string[];
  /** `--feature-gates`: none of them unless told. */
  readonly featureGates?: FeatureGates;
  /** What `--root-ca-file` holds. */
  readonly rootCa?: string;
  /** What `--cluster-signing-cert-file` and its key stand for. */
  readonly certificateAuthority?: CertificateAuthority;
  /** What schedules mean; until there is a CronJob, nobody asks. Where there are none ever, it may be left out. */
  readonly readSchedule?: ReadSchedule;
  /** What there is to do about bootstrap tokens; until somebody makes one, nobody asks. */
  readonly bootstrapTokens?: () => TokenWork;
  /** What there is to do about ResourceClaims; until there is one, nobody asks. */
  readonly claimWork?: () => ClaimWork;
  /** The machine it runs on. */
  readonly hostname?: string;
  /** `--leader-elect`: work only while holding the Lease `kube-system/kube-controller-manager`. On unless told. */
  readonly leaderElect?: boolean;
  /** The Lease was lost; all controllers have stopped. The real process exits with status 1. */
  readonly onLeaseLost?: () => void;
}

/**
 * Starts the controllers. `stop` ends them at once, as killing the process does.
 *
 * @throws Error for an unknown name among `controllers`.
 */
export function startControllerManager(options: ControllerManagerOptions): { stop(): void } {
  const { sim, transport, hostname = 'control-plane' } = options;
  const client = new Client(transport, { userAgent: 'kube-controller-manager', isComponent: true });
  const clientOf = clientsOfControllers(client, options.accountTransport);
  const selected = selectControllers(options.controllers ?? ['*'], options.featureGates);
  let running: RunningController | undefined;
  const start = () => startControllers(sim, client, clientOf, selected, options);
  if (options.leaderElect === false) return start();

  const recorder = new EventRecorder(sim, client, { component: 'kube-controller-manager' });
  const elector = new LeaderElector(sim, client, {
    name: 'kube-controller-manager',
    identity: `${hostname}_${sim.random('kube-controller-manager identity').uuid()}`,
    recorder,
    onStartedLeading: () => {
      running = start();
    },
    onStoppedLeading: () => {
      stop();
      options.onLeaseLost?.();
    },
  });
  const stop = (): void => {
    elector.stop();
    recorder.stop();
    running?.stop();
  };
  elector.start();
  return { stop };
}

/** The client of each controller: that of its account, shared by those that have the same, or everybody's. */
function clientsOfControllers(
  shared: Client,
  accountTransport: ControllerManagerOptions['accountTransport'],
): (controller: string) => Client {
  if (accountTransport === undefined) return () => shared;
  const clients = new Map<string, Client>();
  return (controller) => {
    // It makes the tokens of accounts, so it cannot work under one.
    if (controller === 'serviceaccount-token-controller') return shared;
    const account = accountOf(controller);
    const known = clients.get(account);
    if (known !== undefined) return known;
    const client = new Client(accountTransport(account), { userAgent: 'kube-controller-manager', isComponent: true });
    clients.set(account, client);
    return client;
  };
}

function startControllers(
  sim: Simulation,
  client: Client,
  clientOf: (controller: string) => Client,
  descriptors: readonly ControllerDescriptor[],
  options: Pick<
    ControllerManagerOptions,
    'rootCa' | 'certificateAuthority' | 'readSchedule' | 'bootstrapTokens' | 'claimWork' | 'featureGates'
  >,
): RunningController {
  const { rootCa = '', readSchedule = nobodyReads, featureGates = NO_FEATURES } = options;
  const { certificateAuthority, bootstrapTokens, claimWork } = options;
  const informers = new SharedInformers(sim, client, 'kube-controller-manager');
  const discovery = new Discovery(client);
  const shared = {
    sim,
    informers,
    discovery,
    featureGates,
    rootCa,
    certificateAuthority,
    readSchedule,
    bootstrapTokens,
    claimWork,
  };
  const recorders: EventRecorder[] = [];
  const controllers = descriptors.map(({ name, create }) => {
    const own = clientOf(name);
    const recorder = (component: string): EventRecorder => {
      const created = new EventRecorder(sim, own, { component });
      recorders.push(created);
      return created;
    };
    return create({ ...shared, client: own, recorder });
  });
  for (const controller of controllers) controller.start();
  informers.start();
  return {
    stop() {
      for (const controller of controllers) controller.stop();
      for (const one of recorders) one.stop();
      informers.stop();
    },
  };
}

const nobodyReads: ReadSchedule = () => {
  throw new Error('this controller manager was given nothing that reads schedules');
};
