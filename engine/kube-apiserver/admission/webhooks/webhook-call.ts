import type { KindDescriptor } from '../../../api/descriptor.ts';
import { forbidden, internalError } from '../../../api/errors.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../../api/extension-kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { Question } from '../../request-scope.ts';
import type { WebhookAnswer, WebhookTarget } from '../../webhook-client.ts';
import type { AdmissionRequest, Lookup } from '../admission.ts';
import { isExempt, type Matching, matchesRequest } from '../match-resources.ts';
import { inputOf } from '../policy-input.ts';
import type { AdmissionServices } from '../services.ts';
import { admissionReview, denial, type ReviewResponse, readReview } from './admission-review.ts';

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;
type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];

/** A webhook that is about a request. */
export interface Concern {
  /** Of its configuration and its own. */
  readonly id: string;
  readonly webhook: Webhook;
  /** The version in which it wants to see the object. */
  readonly kind: KindDescriptor;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * The webhooks of a kind of configuration that are about a request, in the order of their configurations' names.
 * @param current the object as it is by now: those who change it come one after the other
 */
export function concerns(
  services: AdmissionServices,
  plural: 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations',
  request: AdmissionRequest,
  current: () => KubeObject | undefined,
  lookup: Lookup,
): Iterable<Concern> {
  const configurations = lookup.all(plural) as readonly Configuration[];
  if (isExempt(request)) return [];
  return concernsOf(configurations, services, request, current, lookup);
}

function* concernsOf(
  configurations: readonly Configuration[],
  services: AdmissionServices,
  request: AdmissionRequest,
  current: () => KubeObject | undefined,
  lookup: Lookup,
): Generator<Concern> {
  for (const { metadata, webhooks = [] } of configurations) {
    for (const webhook of webhooks as readonly Webhook[]) {
      const kind = meantAs(services, webhook, request, current(), lookup);
      if (kind === undefined || !meetsConditions(services, webhook, kind, request, current(), lookup)) continue;
      yield { id: `${metadata.name}/${webhook.name}`, webhook, kind };
    }
  }
}

/** The version of the request's kind that the webhook's rules name: the request's own or, unless it insists, another of the same objects. */
function meantAs(
  { equivalents }: AdmissionServices,
  webhook: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): KindDescriptor | undefined {
  const { rules, namespaceSelector, objectSelector, matchPolicy } = webhook;
  const matching = { rules, namespaceSelector, objectSelector } as Matching;
  const others = matchPolicy === 'Exact' ? [] : equivalents(request.kind);
  const versions = [request.kind, ...others.filter((kind) => kind !== request.kind)];
  return versions.find((kind) => matchesRequest(matching, { ...request, kind }, object, lookup));
}

/** @throws StatusError Forbidden for a condition that cannot be judged, unless the webhook may be left out. */
function meetsConditions(
  { compilePolicy }: AdmissionServices,
  { matchConditions = [], failurePolicy }: Webhook,
  kind: KindDescriptor,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): boolean {
  if (matchConditions.length === 0 || compilePolicy === undefined) return true;
  const evaluate = compilePolicy([]).bind(inputOf(request, object, null, lookup, kind));
  const outcomes = matchConditions.map(({ expression }) => ({ expression, outcome: evaluate(expression, 'bool') }));
  if (outcomes.some(({ outcome }) => 'value' in outcome && outcome.value !== true)) return false;
  const problems = outcomes.flatMap(({ expression, outcome }) =>
    'error' in outcome ? [`expression '${expression}' resulted in error: ${outcome.error}`] : [],
  );
  if (problems.length === 0) return true;
  if (failurePolicy === 'Ignore') return false;
  throw forbidden(request.kind, request.name, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
}

/** One call of a webhook: what to ask, and what to make of the answer. */
export interface Call {
  readonly question: Question;
  /** Undefined for a call that failed and may. @throws StatusError for one that failed or denies the request */
  judge(answer: unknown): ReviewResponse | undefined;
}

export function callOf(
  { webhooks, uid, audit }: AdmissionServices,
  { webhook, kind }: Concern,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  mutating: boolean,
): Call {
  const { name = '', clientConfig = {}, timeoutSeconds, admissionReviewVersions = [] } = webhook;
  const review = admissionReview(request, kind, object, uid(), admissionReviewVersions);
  const question = webhooks.call(clientConfig as WebhookTarget, review, timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS);
  const failed = (why: string): undefined => {
    if (webhook.failurePolicy === 'Ignore') return undefined;
    throw internalError(`failed calling webhook ${JSON.stringify(name)}: ${why}`);
  };
  const judge = (given: unknown): ReviewResponse | undefined => {
    const answer = given as WebhookAnswer;
    if ('error' in answer) return failed(`failed to call webhook: ${answer.error}`);
    let response: ReviewResponse;
    try {
      response = readReview(review, answer.body, mutating);
    } catch (error) {
      return failed(`received invalid webhook response: ${(error as Error).message}`);
    }
    for (const [key, value] of Object.entries(response.auditAnnotations)) audit(`${name}/${key}`, String(value));
    request.warnings.push(...response.warnings);
    if (!response.allowed) throw denial(name, response.status);
    return response;
  };
  return { question, judge };
}
