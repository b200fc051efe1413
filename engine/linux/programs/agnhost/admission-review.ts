import { decode, encode } from '../../stdio.ts';

/** Any object of the API, read freely. */
// biome-ignore lint/suspicious/noExplicitAny: what webhooks look into has every shape
export type Loose = any;

/** What came in a review: the object as it is to be, as it was, and whose it is. */
export interface Asked {
  readonly operation: string;
  readonly namespace: string;
  readonly name: string;
  readonly resource: string;
  readonly object: Loose;
  readonly oldObject: Loose;
}

/** What a webhook says to it. */
export interface Verdict {
  readonly allowed: boolean;
  readonly result?: { readonly message?: string; readonly reason?: string };
  /** JSON patch. */
  readonly patch?: readonly object[];
  /** No answer ever. */
  readonly hangs?: boolean;
}

export const ALLOWED: Verdict = { allowed: true };

/** The body of a request and what it asks; undefined for what is no AdmissionReview. */
export function readAdmissionReview(body: Uint8Array): { readonly review: Loose; readonly asked: Asked } | undefined {
  let review: Loose;
  try {
    review = JSON.parse(decode(body));
  } catch {
    return undefined;
  }
  if (review?.kind !== 'AdmissionReview' || typeof review.request !== 'object' || review.request === null)
    return undefined;
  const { operation, namespace = '', name = '', resource, object, oldObject } = review.request;
  return { review, asked: { operation, namespace, name, resource: resource?.resource ?? '', object, oldObject } };
}

export function answerReview({ apiVersion, request }: Loose, { allowed, result, patch }: Verdict): string {
  const response = {
    uid: request.uid,
    allowed,
    ...(result === undefined ? {} : { status: { metadata: {}, ...result } }),
    ...(patch === undefined || patch.length === 0
      ? {}
      : { patch: base64(JSON.stringify(patch)), patchType: 'JSONPatch' }),
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion, response });
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...encode(text)));
}
