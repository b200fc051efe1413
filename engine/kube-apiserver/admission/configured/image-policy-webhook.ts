import { forbidden } from '../../../api/errors.ts';
import type { Container, Pod } from '../../../api/kinds.ts';
import type { Question } from '../../request-scope.ts';
import type { WebhookAnswer, WebhookTarget } from '../../webhook-client.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { AdmissionServices } from '../services.ts';
import type { ImagePolicyConfiguration } from './image-policy-file.ts';

/** What the backend says of some images: https://kubernetes.io/docs/reference/config-api/imagepolicy.v1alpha1/ */
interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

const AUDIT = 'imagepolicywebhook.image-policy.k8s.io/';
const TIMEOUT_SECONDS = 30;
const REMEMBERED = 1024;

/**
 * Asks a server whether the images of a Pod may run. After plugin/pkg/admission/imagepolicy/admission.go.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#imagepolicywebhook
 */
export function imagePolicyWebhook(
  configuration: ImagePolicyConfiguration,
  backend: WebhookTarget,
  services: AdmissionServices,
): AdmissionPlugin {
  const { allowTtlMs, denyTtlMs, defaultAllow, retryBackoffMs } = configuration;
  const { nowMs, ask, audit, after, webhooks } = services;
  const verdicts = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>();
  const remember = (images: string, verdict: Verdict): void => {
    const ttlMs = verdict.allowed ? allowTtlMs : denyTtlMs;
    verdicts.delete(images);
    verdicts.set(images, { verdict, untilMs: nowMs() + ttlMs });
    if (verdicts.size > REMEMBERED) verdicts.delete(verdicts.keys().next().value!);
  };
  const verdictOn = (spec: object): Verdict | { readonly error: string } => {
    const images = JSON.stringify(spec);
    const known = verdicts.get(images);
    if (known !== undefined && known.untilMs > nowMs()) return known.verdict;
    const review = { kind: 'ImageReview', apiVersion: 'imagepolicy.k8s.io/v1alpha1', spec, status: { allowed: false } };
    const question = retrying(webhooks.call(backend, review, TIMEOUT_SECONDS), retryBackoffMs, after);
    const [answer] = ask([question]) as readonly WebhookAnswer[];
    const verdict = readVerdict(answer!);
    if (!('error' in verdict)) remember(images, verdict);
    return verdict;
  };
  return {
    name: 'ImagePolicyWebhook',
    resources: ['pods', 'pods/ephemeralcontainers'],
    validate(request, object) {
      const { operation, kind, namespace, subresource } = request;
      if (object === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
      const verdict = verdictOn(specOf(object as Pod, subresource, namespace));
      const refuse = (why: string) => forbidden(kind, object.metadata.name, why);
      if ('error' in verdict) {
        if (!defaultAllow) throw refuse(verdict.error);
        return audit(`${AUDIT}failed-open`, 'true');
      }
      for (const [key, value] of Object.entries(verdict.auditAnnotations)) audit(AUDIT + key, value);
      if (verdict.allowed) return;
      if (verdict.reason === '') throw refuse('one or more images rejected by webhook backend');
      throw refuse(`image policy webhook backend denied one or more images: ${verdict.reason}`);
    },
  };
}

/** What the backend is told of a Pod. */
function specOf({ spec, metadata }: Pod, subresource: string, namespace: string): object {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const asked = (subresource === '' ? [...containers, ...initContainers] : ephemeralContainers) as readonly Container[];
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) =>
    key.includes('.image-policy.k8s.io/'),
  );
  return {
    containers: asked.map(({ image }) => ({ image })),
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }),
    namespace,
  };
}

function readVerdict(answer: WebhookAnswer): Verdict | { readonly error: string } {
  if ('error' in answer) return answer;
  const { kind, apiVersion, status } = (answer.body ?? {}) as Readonly<Record<string, unknown>>;
  const text = JSON.stringify(answer.body ?? null);
  if (typeof kind !== 'string') return { error: `Object 'Kind' is missing in '${text}'` };
  if (typeof apiVersion !== 'string') return { error: `Object 'apiVersion' is missing in '${text}'` };
  const { allowed, reason, auditAnnotations } = (status ?? {}) as Partial<Verdict>;
  return { allowed: allowed === true, reason: reason ?? '', auditAnnotations: auditAnnotations ?? {} };
}

const TRIES = 5;
const BACKOFF_FACTOR = 1.5;
/** What may be over a moment later. */
const PASSING = /^an error on the server|too many requests|connection reset by peer/;

/** The same question, asked again after a while when the server is in trouble. */
function retrying(question: Question, backoffMs: number, after: AdmissionServices['after']): Question {
  return {
    key: question.key,
    ask(answered) {
      let callOff: ReturnType<Question['ask']>;
      const attempt = (left: number, delayMs: number): void => {
        callOff = question.ask((answer) => {
          const { error } = answer as { readonly error?: string };
          if (error === undefined || left === 0 || !PASSING.test(error)) return answered(answer);
          callOff = after(delayMs, () => attempt(left - 1, delayMs * BACKOFF_FACTOR));
        });
      };
      attempt(TRIES - 1, backoffMs);
      return () => callOff?.();
    },
  };
}
