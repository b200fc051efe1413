import { unexplained } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Question, RequestDraws } from '../request-scope.ts';
import type { WebhookAnswer, WebhookClient, WebhookTarget } from '../webhook-client.ts';
import type { ConvertObjects } from './extensions.ts';

const TIMEOUT_SECONDS = 30;
const VERSIONS: readonly string[] = ['v1', 'v1beta1'];

interface ConversionResponse {
  readonly uid?: string;
  readonly convertedObjects?: readonly KubeObject[];
  readonly result?: { readonly status?: string; readonly message?: string };
}

export interface ConversionSurroundings {
  readonly webhooks: WebhookClient;
  readonly draws: Pick<RequestDraws, 'uuid'>;
  readonly ask: (questions: readonly Question[]) => readonly unknown[];
}

/**
 * Has a definition's webhook convert objects from version to version, all of them in one call.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
 * After apiextensions-apiserver `pkg/apiserver/conversion/webhook_converter.go`.
 */
export function conversionWebhook({ webhooks, draws, ask }: ConversionSurroundings): ConvertObjects {
  return ({ spec }, objects, desiredAPIVersion) => {
    const { clientConfig = {}, conversionReviewVersions = [] } = spec.conversion?.webhook ?? {};
    const version = conversionReviewVersions.find((each) => VERSIONS.includes(each)) ?? 'v1';
    const apiVersion = `apiextensions.k8s.io/${version}`;
    const review = { kind: 'ConversionReview', apiVersion, request: { uid: draws.uuid(), desiredAPIVersion, objects } };
    const [answer] = ask([webhooks.call(clientConfig as WebhookTarget, review, TIMEOUT_SECONDS)]);
    try {
      return readConverted(answer as WebhookAnswer, review.request.uid, objects, desiredAPIVersion);
    } catch (error) {
      const { apiVersion: from, kind } = objects[0]!;
      throw unexplained(`conversion webhook for ${from}, Kind=${kind} failed: ${(error as Error).message}`);
    }
  };
}

/** @throws Error with the words of the real converter */
function readConverted(
  answer: WebhookAnswer,
  uid: string,
  objects: readonly KubeObject[],
  wanted: string,
): readonly KubeObject[] {
  if ('error' in answer) throw new Error(answer.error);
  const { response } = (answer.body ?? {}) as { readonly response?: ConversionResponse };
  if (response === undefined || response === null) throw new Error('no response provided');
  if (response.uid !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success')
    throw new Error(message === '' ? `response.result.status was '${status}', not 'Success'` : message);
  const converted = response.convertedObjects ?? [];
  if (converted.length !== objects.length)
    throw new Error(`expected ${objects.length} converted objects, got ${converted.length}`);
  return converted.map((object, index) => withMetadataOf(object, objects[index]!, wanted));
}

/** Labels and annotations may change on the way, and nothing else of the metadata. */
function withMetadataOf(converted: KubeObject, { metadata, kind }: KubeObject, wanted: string): KubeObject {
  if (converted.apiVersion !== wanted)
    throw new Error(
      `returned invalid converted object: invalid groupVersion (expected ${wanted}, received ${converted.apiVersion})`,
    );
  if (converted.kind !== kind)
    throw new Error(`returned invalid converted object: invalid kind (expected ${kind}, received ${converted.kind})`);
  const { name, namespace, uid } = converted.metadata ?? {};
  for (const [field, is, was] of [
    ['name', name, metadata.name],
    ['namespace', namespace, metadata.namespace],
    ['UID', uid, metadata.uid],
  ] as const)
    if (is !== was)
      throw new Error(
        `returned invalid metadata for object ${metadata.name}: must have the same ${field}: ${is} != ${was}`,
      );
  const { labels, annotations } = converted.metadata;
  const { labels: _, annotations: __, ...kept } = metadata;
  return { ...converted, metadata: { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) } };
}
