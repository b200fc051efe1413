import type { KindDescriptor } from '../../../api/descriptor.ts';
import type { KubeObject } from '../../../api/object.ts';
import { decodeFields } from '../../decode/object-decoder.ts';
import { SCALE, type Scale, scaleOf, withReplicas } from '../../handlers/scale-fields.ts';
import { defaultedForStorage, fromStorage } from '../../registry/served-form.ts';
import type { AdmissionRequest } from '../admission.ts';

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** How the object of a request looks to a webhook. Admission itself holds objects as they are stored. */
export interface ReviewForm {
  readonly kind: GroupVersionKind;
  show(object: KubeObject): KubeObject;
  /** What a webhook has made of what it was shown, as it is stored. @throws Error for what does not fit the kind. */
  take(changed: KubeObject, object: KubeObject): KubeObject;
}

/** What is posted to subresources, where it does not say itself. */
const POSTED: Readonly<Record<string, GroupVersionKind>> = {
  binding: { group: '', version: 'v1', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  exec: { group: '', version: 'v1', kind: 'PodExecOptions' },
  attach: { group: '', version: 'v1', kind: 'PodAttachOptions' },
  portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
};

/** @param kind the version of the request's kind in which the webhook wants to see it */
export function reviewForm(request: Pick<AdmissionRequest, 'subresource' | 'kind'>, kind: KindDescriptor): ReviewForm {
  const { subresource } = request;
  const posted = subresource === 'proxy' ? proxyOptions(request.kind) : POSTED[subresource];
  if (posted !== undefined) return { kind: posted, show: (object) => object, take: (changed) => changed };
  if (subresource === 'scale') {
    return {
      kind: nameOf(SCALE),
      show: (object) => scaleOf(kind, object),
      take: (changed, object) => withReplicas(kind, object, (changed as Scale).spec?.replicas ?? 0),
    };
  }
  const { codec } = kind;
  if (codec !== undefined) {
    return {
      kind: nameOf(kind),
      show: codec.decode,
      take: (changed) =>
        request.kind.codec!.decode(defaultedForStorage(kind, decodeFields(changed, kind, 'Ignore').object)),
    };
  }
  return {
    kind: nameOf(kind),
    show: (object) => fromStorage(kind, object),
    take: (changed) => defaultedForStorage(kind, decodeFields(changed, kind, 'Ignore').object),
  };
}

function proxyOptions({ kind }: KindDescriptor): GroupVersionKind {
  return { group: '', version: 'v1', kind: `${kind}ProxyOptions` };
}

function nameOf({ group, version, kind }: KindDescriptor): GroupVersionKind {
  return { group, version, kind };
}
