import type { FeatureGates } from '../api/feature-gates.ts';
import type { Client } from '../client/client.ts';
import type { Discovery } from '../client/discovery.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { SharedInformers } from '../client/shared-informers.ts';
import type { Simulation } from '../sim/index.ts';
import type { TokenWork } from './bootstrap/bootstrap-token.ts';
import type { CertificateAuthority } from './certificates/certificate-authority.ts';
import type { ReadSchedule } from './cronjob/schedule-times.ts';
import type { ClaimWork } from './resourceclaim/claim-workplace.ts';

/** What every controller is given. */
export interface ControllerContext {
  readonly sim: Simulation;
  readonly client: Client;
  readonly informers: SharedInformers;
  /** What the server serves, custom kinds included. */
  readonly discovery: Discovery;
  readonly featureGates: FeatureGates;
  /** `--root-ca-file`: the certificate (PEM) by which Pods know the API server. */
  readonly rootCa: string;
  /** Who signs certificates; without it nobody does. */
  readonly certificateAuthority?: CertificateAuthority | undefined;
  /** What the schedules of CronJobs mean. */
  readonly readSchedule: ReadSchedule;
  /** What there is to do about bootstrap tokens; without it nobody does it. */
  readonly bootstrapTokens?: (() => TokenWork) | undefined;
  /** What there is to do about ResourceClaims; without it nobody does it. */
  readonly claimWork?: (() => ClaimWork) | undefined;
  /** A recorder whose events bear the controller's name. */
  readonly recorder: (component: string) => EventRecorder;
}

/** A controller under way. */
export interface RunningController {
  stop(): void;
}
