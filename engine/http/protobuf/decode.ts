import { badRequest } from '../../api/errors.ts';
import { KINDS } from '../../api/kind-list.ts';
import { DEFINITIONS } from '../../api/schema/definitions.ts';
import { readFields, WireError } from '../../linux/protobuf.ts';
import { decodeMessage } from './message.ts';

// https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0');
const TEXT = new TextDecoder();
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Kinds that are sent but not stored, by `apiVersion/kind`; DeleteOptions come in every version. */
const UNSTORED: Readonly<Record<string, string>> = {
  'v1/Binding': 'io.k8s.api.core.v1.Binding',
  'v1/Status': `${META}.Status`,
  'autoscaling/v1/Scale': 'io.k8s.api.autoscaling.v1.Scale',
  'policy/v1/Eviction': 'io.k8s.api.policy.v1.Eviction',
  'authentication.k8s.io/v1/TokenRequest': 'io.k8s.api.authentication.v1.TokenRequest',
  'authentication.k8s.io/v1/TokenReview': 'io.k8s.api.authentication.v1.TokenReview',
  'authentication.k8s.io/v1/SelfSubjectReview': 'io.k8s.api.authentication.v1.SelfSubjectReview',
  'authorization.k8s.io/v1/SelfSubjectAccessReview': 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectRulesReview': 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  'authorization.k8s.io/v1/SubjectAccessReview': 'io.k8s.api.authorization.v1.SubjectAccessReview',
  'authorization.k8s.io/v1/LocalSubjectAccessReview': 'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
};

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/**
 * A protobuf body as the object it stands for. Of a kind that is not known here nothing but its type comes through: the
 * API server does not serve such kinds, and says so.
 *
 * @throws StatusError BadRequest
 */
export function decodeProtobuf(bytes: Uint8Array): object {
  try {
    const { apiVersion, kind, raw } = readEnvelope(bytes);
    const definition = definitionOf(apiVersion, kind);
    return definition === undefined || !DEFINITIONS.has(definition)
      ? { apiVersion, kind }
      : { apiVersion, kind, ...decodeMessage(definition, raw) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw badRequest(`the object provided is unrecognized: ${error.message}`);
  }
}

/** `runtime.Unknown` after four bytes that say what it is. */
function readEnvelope(bytes: Uint8Array): Envelope {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw new WireError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope = { apiVersion: '', kind: '', raw: new Uint8Array() as Uint8Array };
  for (const { number, value } of readFields(bytes.subarray(MAGIC.length))) {
    if (value.type !== 'bytes') continue;
    if (number === 2) envelope.raw = value.bytes;
    if (number !== 1) continue;
    for (const field of readFields(value.bytes)) {
      if (field.value.type !== 'bytes') continue;
      if (field.number === 1) envelope.apiVersion = TEXT.decode(field.value.bytes);
      if (field.number === 2) envelope.kind = TEXT.decode(field.value.bytes);
    }
  }
  return envelope;
}

function definitionOf(apiVersion: string, kind: string): string | undefined {
  if (kind === 'DeleteOptions') return `${META}.DeleteOptions`;
  const name = `${apiVersion}/${kind}`;
  if (Object.hasOwn(UNSTORED, name)) return UNSTORED[name];
  const slash = apiVersion.lastIndexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
  return KINDS.find((each) => each.kind === kind && each.group === group && each.version === version)?.schema;
}
