import type { HorizontalPodAutoscaler, Pod } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { Client } from '../../client/client.ts';
import type { DiscoveredResource } from '../../client/discovery.ts';
import type { EventType } from '../../client/event-recorder.ts';
import { RequestPending } from '../../client/pending-requests.ts';
import type { Scale, ScaleClient } from '../scale.ts';
import {
  type CurrentMetric,
  judgeMetric,
  type MetricAnswer,
  type MetricContext,
  type MetricFailure,
} from './autoscaler-metrics.ts';
import { type ConditionType, withNote } from './autoscaler-status.ts';
import { type MetricsAnswers, MetricsClient, MetricsError } from './metrics-client.ts';
import { limited, type Note, type Past, rulesOf, stabilized } from './scaling-limits.ts';

type Status = NonNullable<HorizontalPodAutoscaler['status']>;

/** `--horizontal-pod-autoscaler-tolerance` */
const TOLERANCE = 0.1;
/** What is decided for one autoscaler in one turn. */
interface Decision {
  readonly desired: number;
  /** Why, in the words of the event; empty when the size stays. */
  readonly reason: string;
  readonly metrics?: Status['currentMetrics'];
  readonly failed?: string;
}

/** What is remembered of an autoscaler; lost, as in the real one, with the process. */
export interface Memory {
  recommendations: Past[];
  changes: Past[];
  /** What has been learnt in a turn that has to wait for more. */
  readonly answers: MetricsAnswers;
}

/** The Pods that a selector finds, and the autoscalers (by key, in order) that size some of them. */
export interface SelectedPods {
  readonly pods: readonly Pod[];
  readonly autoscalers: readonly string[];
}

interface Surroundings {
  readonly client: Client;
  readonly scales: ScaleClient;
  readonly select: (selector: string) => SelectedPods;
  readonly memory: Memory;
  readonly tell: (type: EventType, reason: string, message: string) => void;
  readonly report: (status: Status) => void;
}

/** In the place of a metric that gave no answer: the others keep theirs. */
const UNKNOWN = Object.freeze({ type: '' }) as CurrentMetric;

/** One turn of one autoscaler: observe the target and its metrics, decide on a size, set it, report. */
export class Turn {
  readonly #autoscaler: HorizontalPodAutoscaler;
  readonly #spec: NonNullable<HorizontalPodAutoscaler['spec']>;
  readonly #wallMs: number;
  readonly #around: Surroundings;
  #conditions: NonNullable<Status['conditions']>;

  constructor(autoscaler: HorizontalPodAutoscaler, wallMs: number, around: Surroundings) {
    this.#autoscaler = autoscaler;
    this.#spec = autoscaler.spec!;
    this.#wallMs = wallMs;
    this.#around = around;
    this.#conditions = autoscaler.status?.conditions ?? [];
  }

  take(): void {
    const { kind, name, apiVersion = '' } = this.#spec.scaleTargetRef;
    const resource = this.#around.scales.resourceOf({ apiVersion, kind });
    if (resource === undefined) {
      const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
      this.#giveUp(`no matches for kind "${kind}" in version "${group === '' ? version : apiVersion}"`);
      return;
    }
    let scale: Scale;
    try {
      scale = this.#around.scales.get(resource, this.#autoscaler.metadata.namespace, name);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#giveUp(error.message);
      return;
    }
    const got = "the HPA controller was able to get the target's current scale";
    this.#note('AbleToScale', { status: 'True', reason: 'SucceededGetScale', message: got });
    const { recommendations } = this.#around.memory;
    // Whoever starts anew takes the size that it finds for a recommendation, so as not to shrink at once.
    if (recommendations.length === 0) {
      recommendations.push({ atMs: this.#wallMs, replicas: scale.spec.replicas ?? 0 });
    }
    this.#resize(resource, scale, this.#decide(scale));
  }

  #giveUp(why: string): void {
    this.#around.tell('Warning', 'FailedGetScale', why);
    const message = `the HPA controller was unable to get the target's current scale: ${why}`;
    this.#note('AbleToScale', { status: 'False', reason: 'FailedGetScale', message });
    this.#around.report({ ...this.#statusNow(), conditions: this.#conditions });
  }

  #decide(scale: Scale): Decision {
    const current = scale.spec.replicas ?? 0;
    const { minReplicas = 1, maxReplicas } = this.#spec;
    if (current === 0 && minReplicas !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#note('ScalingActive', { status: 'False', reason: 'ScalingDisabled', message });
      return { desired: 0, reason: '' };
    }
    if (current > maxReplicas) {
      return { desired: maxReplicas, reason: 'Current number of replicas above Spec.MaxReplicas' };
    }
    if (current < minReplicas) {
      return { desired: minReplicas, reason: 'Current number of replicas below Spec.MinReplicas' };
    }
    return this.#decideByMetrics(scale, current);
  }

  #decideByMetrics(scale: Scale, current: number): Decision {
    const selector = scale.status?.selector ?? '';
    if (selector === '') {
      const message = "the HPA target's scale is missing a selector";
      this.#around.tell('Warning', 'SelectorRequired', 'selector is required');
      this.#note('ScalingActive', { status: 'False', reason: 'InvalidSelector', message });
      return { desired: current, reason: '', failed: 'selector is required' };
    }
    const { pods, autoscalers } = this.#around.select(selector);
    if (autoscalers.length > 1) {
      const message = `pods by selector ${selector} are controlled by multiple HPAs: [${autoscalers.join(' ')}]`;
      this.#around.tell('Warning', 'AmbiguousSelector', message);
      this.#note('ScalingActive', { status: 'False', reason: 'AmbiguousSelector', message });
      return { desired: current, reason: '', failed: message };
    }
    const outcomes = this.#ask(selector, pods, scale);
    const failures = outcomes.filter((outcome) => 'reason' in outcome);
    const answers = outcomes.filter((outcome) => 'replicas' in outcome);
    const metrics = outcomes.map((outcome) => ('replicas' in outcome ? outcome.current : UNKNOWN));
    const most = answers.reduce<MetricAnswer | undefined>(
      (a, b) => (a === undefined || b.replicas > a.replicas ? b : a),
      undefined,
    );
    // With some metrics unknown it may grow, but not shrink.
    if (most === undefined || (failures.length > 0 && most.replicas < current)) {
      const [first] = failures;
      const message = `the HPA was unable to compute the replica count: ${first!.message}`;
      this.#note('ScalingActive', { status: 'False', reason: first!.reason, message });
      const count = `${failures.length} invalid out of ${outcomes.length}`;
      const failed = `invalid metrics (${count}), first error is: ${first!.summary}`;
      return { desired: current, reason: '', metrics, failed };
    }
    const found = `the HPA was able to successfully calculate a replica count from ${most.name}`;
    this.#note('ScalingActive', { status: 'True', reason: 'ValidMetricFound', message: found });
    const wanted = most.replicas;
    const reason = wanted > current ? `${most.name} above target` : wanted < current ? 'All metrics below target' : '';
    return { desired: this.#normalize(wanted, current), reason, metrics };
  }

  /** @throws RequestPending when an answer is not there yet; all have been asked for by then. */
  #ask(selector: string, pods: readonly Pod[], scale: Scale): readonly (MetricAnswer | MetricFailure)[] {
    const { client, scales, tell, memory } = this.#around;
    const { up, down } = rulesOf(this.#spec.behavior);
    const share = (tolerance: unknown) => (tolerance === undefined ? TOLERANCE : numericValue(String(tolerance)));
    const context: MetricContext = {
      client: new MetricsClient(client, memory.answers),
      namespace: this.#autoscaler.metadata.namespace ?? '',
      selector,
      pods,
      currentReplicas: scale.spec.replicas ?? 0,
      observedReplicas: scale.status?.replicas ?? 0,
      tolerance: { up: share(up.tolerance), down: share(down.tolerance) },
      wallMs: this.#wallMs,
      resourceOf: (object) => resourceOf(scales, object),
    };
    let pending: RequestPending | undefined;
    const outcomes = (this.#spec.metrics ?? []).flatMap((spec) => {
      try {
        return judgeMetric(spec, context);
      } catch (error) {
        if (!(error instanceof RequestPending)) throw error;
        pending ??= error;
        return [];
      }
    });
    if (pending !== undefined) throw pending;
    for (const outcome of outcomes) if ('reason' in outcome) tell('Warning', outcome.reason, outcome.message);
    return outcomes;
  }

  /** The size that bounds, policies and earlier recommendations leave of the one wanted. */
  #normalize(wanted: number, current: number): number {
    const { memory } = this.#around;
    const rules = { ...rulesOf(this.#spec.behavior), isRuled: this.#spec.behavior !== undefined };
    const nowMs = this.#wallMs;
    const steady = stabilized(wanted, current, memory.recommendations, rules, nowMs);
    memory.recommendations.push({ atMs: nowMs, replicas: wanted });
    this.#note('AbleToScale', steady.note);
    const { minReplicas: min = 1, maxReplicas: max } = this.#spec;
    const { replicas, note } = limited(steady.replicas, {
      current,
      min,
      max,
      ...rules,
      changes: memory.changes,
      nowMs,
    });
    this.#note('ScalingLimited', note);
    return replicas;
  }

  #resize(resource: DiscoveredResource, scale: Scale, { desired, reason, metrics, failed }: Decision): void {
    const current = scale.spec.replicas ?? 0;
    if (failed !== undefined) this.#around.tell('Warning', 'FailedComputeMetricsReplicas', failed);
    const rescaled = desired !== current && this.#setSize(resource, scale, desired, reason);
    const { currentMetrics: _, ...before } = this.#statusNow();
    this.#around.report({
      ...before,
      currentReplicas: current,
      // Without an answer what was desired last still is.
      ...(failed === undefined ? { desiredReplicas: rescaled ? desired : current } : {}),
      // The Go type has no `omitempty` there: without metrics, null is what everybody sees.
      currentMetrics: (metrics ?? null) as Status['currentMetrics'],
      ...(rescaled ? { lastScaleTime: timestamp(this.#wallMs) } : {}),
      conditions: this.#conditions,
    });
  }

  #setSize(resource: DiscoveredResource, scale: Scale, desired: number, reason: string): boolean {
    const { scales, tell, memory } = this.#around;
    try {
      scales.update(resource, { ...scale, spec: { ...scale.spec, replicas: desired } });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      tell('Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error.message}`);
      const message = `the HPA controller was unable to update the target scale: ${error.message}`;
      this.#note('AbleToScale', { status: 'False', reason: 'FailedUpdateScale', message });
      return false;
    }
    memory.changes.push({ atMs: this.#wallMs, replicas: desired - (scale.spec.replicas ?? 0) });
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    this.#note('AbleToScale', { status: 'True', reason: 'SucceededRescale', message });
    tell('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    return true;
  }

  #statusNow(): Status {
    return { desiredReplicas: 0, currentReplicas: 0, ...this.#autoscaler.status } as Status;
  }

  #note(type: ConditionType, note: Note): void {
    this.#conditions = withNote(this.#conditions, type, note, this.#wallMs);
  }
}

/** @throws MetricsError for a kind that is not served. */
function resourceOf(
  scales: ScaleClient,
  { apiVersion = 'v1', kind }: Parameters<MetricContext['resourceOf']>[0],
): string {
  const found = scales.resourceOf({ apiVersion, kind });
  if (found !== undefined) return found.group === '' ? found.plural : `${found.plural}.${found.group}`;
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  const why = `no matches for kind "${kind}" in group "${group.slice(1)}"`;
  throw new MetricsError(
    `unable to fetch metrics from custom metrics API: unable to map kind ${kind}${group} to resource: ${why}`,
  );
}
