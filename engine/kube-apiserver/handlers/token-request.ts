import { badRequest, conflict, invalidObject, notFound, resourceName } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid } from '../../api/field-errors.ts';
import type { Pod } from '../../api/kinds.ts';
import type { ObjectMeta } from '../../api/object.ts';
import type { Lookup } from '../admission/admission.ts';
import { ISSUER, issueToken, type TokenClaims } from '../authentication/service-account-tokens.ts';
import { type ResourceHandler, type ResourceRequest, respond } from '../context.ts';
import { readObjectBody } from '../decode/object-decoder.ts';
import { admitSubresource } from './admission.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
interface TokenRequest {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: {
    readonly audiences?: readonly string[] | null;
    readonly expirationSeconds?: number | null;
    readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string } | null;
  };
}

type Binding = Pick<TokenClaims['kubernetes.io'], 'pod' | 'secret' | 'node'>;

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/**
 * What admission asks for the tokens of Pods. Clients of old read a token once and for all: a token that was asked for so
 * lasts a year, and says from when on its use is noted. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
const STRETCHED_FROM_SECONDS = 3607;
const STRETCHED_SECONDS = 365 * 86_400;
const TOKENS = resourceName('serviceaccounts/token');

/** A token for a ServiceAccount that ends by itself, and with the object it is bound to. */
export const requestToken: ResourceHandler = (request) => {
  const { store, info, server } = request;
  const sent = readObjectBody(request.request, 'TokenRequest').value as TokenRequest;
  if ((sent.metadata?.name ?? info.name) !== info.name) {
    throw badRequest('name in URL does not match name in TokenRequest object');
  }
  const account = store.get(info.namespace, info.name);
  const asked = admitSubresource(request, 'CREATE', sent);
  const audiences = (asked.spec?.audiences?.length ?? 0) > 0 ? asked.spec!.audiences! : [ISSUER];
  const expirationSeconds = asked.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  checkExpiration(info.name, expirationSeconds);
  const { clock } = server;
  const iat = Math.floor(clock.nowMs / 1000);
  const { name, uid } = account.metadata;
  const binding = bound(request, asked);
  const isStretched =
    expirationSeconds === STRETCHED_FROM_SECONDS && binding.pod !== undefined && audiences.join() === ISSUER;
  const claims: TokenClaims = {
    aud: audiences,
    exp: iat + (isStretched ? STRETCHED_SECONDS : expirationSeconds),
    iat,
    iss: ISSUER,
    jti: store.environment.random.uuid(),
    'kubernetes.io': {
      namespace: info.namespace,
      ...binding,
      serviceaccount: { name, uid },
      ...(isStretched ? { warnafter: iat + expirationSeconds } : {}),
    },
    nbf: iat,
    sub: `system:serviceaccount:${info.namespace}:${name}`,
  };
  return respond(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace: info.namespace, creationTimestamp: clock.timestamp() },
    spec: { audiences, expirationSeconds, boundObjectRef: asked.spec?.boundObjectRef ?? null },
    status: { token: issueToken(claims, server.tokenKey), expirationTimestamp: clock.timestamp(expirationSeconds) },
  });
};

function checkExpiration(name: string, seconds: number): void {
  const errors: FieldError[] = [];
  const field = 'spec.expirationSeconds';
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    errors.push(invalid(field, seconds, 'must be an integer'));
  else if (seconds < MIN_SECONDS)
    errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
  else if (seconds > MAX_SECONDS)
    errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (errors.length > 0) throw invalidObject({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, errors);
}

const PLURALS: Readonly<Record<string, keyof Binding>> = { Pod: 'pod', Secret: 'secret', Node: 'node' };

function bound({ info, server }: ResourceRequest, { spec }: TokenRequest): Binding {
  const reference = spec?.boundObjectRef;
  if (reference === undefined || reference === null) return {};
  const { kind = '', name = '', uid = '' } = reference;
  const claim = PLURALS[kind];
  if (claim === undefined) {
    throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(info.name)} to type ${kind}`);
  }
  const object = server.lookup(`${claim}s`, claim === 'node' ? '' : info.namespace, name);
  if (object === undefined) throw notFound(resourceName(`${claim}s`), name);
  if (uid !== '' && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict(TOKENS, name, why);
  }
  if (claim === 'pod') {
    checkAccount(info.name, object as Pod);
    return { pod: { name, uid: object.metadata.uid }, ...nodeOfPod(object as Pod, server.lookup) };
  }
  return { [claim]: { name, uid: object.metadata.uid } };
}

/** A Pod's token also tells its node, so that whoever gets it can see where it was stolen. */
function nodeOfPod({ spec }: Pod, lookup: Lookup): Pick<Binding, 'node'> {
  const node = spec.nodeName === undefined ? undefined : lookup('nodes', '', spec.nodeName);
  return node === undefined ? {} : { node: { name: node.metadata.name, uid: node.metadata.uid } };
}

function checkAccount(account: string, { metadata, spec }: Pod): void {
  if (spec.serviceAccountName === account) return;
  throw badRequest(
    `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name. ` +
      `Pod ${JSON.stringify(metadata.name)} has serviceaccount ${JSON.stringify(spec.serviceAccountName)}`,
  );
}
