import { labelSelectorOf } from '../api/label-selector.ts';
import { decode } from '../linux/stdio.ts';
import { readKeyPair } from '../linux/tls.ts';
import { type Finding, fails, holds } from './conditions.ts';
import { type Gateway, GROUP, type Listener, type RouteKind } from './kinds.ts';
import { type ClusterView, isGranted, nameOf } from './watched-gateways.ts';

/** A listener, with what speaks for and against it. */
export interface ListenerState {
  readonly gateway: Gateway;
  readonly listener: Listener;
  readonly supportedKinds: readonly RouteKind[];
  readonly accepted: Finding;
  readonly resolved: Finding;
  readonly conflicted: Finding;
  /** Whether nginx is to listen for it. */
  readonly serves: boolean;
  /** Certificate and key, for HTTPS. */
  readonly pem: string | undefined;
  allows(namespace: string, kind: string): boolean;
}

const PROTOCOLS = ['HTTP', 'HTTPS'];
const HTTP_ROUTE: RouteKind = { group: GROUP, kind: 'HTTPRoute' };
const ACCEPTED = holds('Accepted', 'Accepted', 'Listener is accepted');
const RESOLVED = holds('ResolvedRefs', 'ResolvedRefs', 'All references are resolved');
const ALONE = fails('Conflicted', 'NoConflicts', 'No conflicts');

/** @param gateways those of this controller, the oldest first */
export function listenerStates(view: ClusterView, gateways: readonly Gateway[]): ListenerState[] {
  const drafts = gateways.flatMap((gateway) =>
    gateway.spec.listeners.map((listener) => stateOf(view, gateway, listener)),
  );
  const taken = new Map<number, Listener[]>();
  return drafts.map((state) => {
    if (!state.serves) return state;
    const { listener } = state;
    const others = taken.get(listener.port) ?? [];
    const conflict = conflictWith(listener, others);
    if (conflict === undefined) {
      taken.set(listener.port, [...others, listener]);
      return state;
    }
    return {
      ...state,
      serves: false,
      accepted: fails('Accepted', conflict.reason, conflict.message),
      conflicted: { ...conflict, type: 'Conflicted', status: 'True' },
    };
  });
}

/** Of two that cannot both be, the first is. */
function conflictWith({ port, protocol, hostname }: Listener, others: readonly Listener[]): Finding | undefined {
  if (others.some((other) => other.protocol !== protocol)) {
    const message = `Multiple listeners for the same port ${port} specify incompatible protocols; ensure only one protocol per port`;
    return fails('Accepted', 'ProtocolConflict', message);
  }
  if (others.some((other) => (other.hostname ?? '') === (hostname ?? ''))) {
    const message = `Multiple listeners for the same port ${port} specify the same hostname "${hostname ?? ''}"; ensure only one listener per hostname`;
    return fails('Accepted', 'HostnameConflict', message);
  }
  return undefined;
}

function stateOf(view: ClusterView, gateway: Gateway, listener: Listener): ListenerState {
  const asked = listener.allowedRoutes?.kinds;
  const supportedKinds = asked === undefined ? [HTTP_ROUTE] : asked.filter(isHttpRoute).map(() => HTTP_ROUTE);
  const hasOtherKinds = asked?.some((kind) => !isHttpRoute(kind)) === true;
  const accepted = isAccepted(listener);
  const certificate = listener.protocol === 'HTTPS' ? certificateOf(view, gateway, listener) : undefined;
  const resolved = hasOtherKinds
    ? fails('ResolvedRefs', 'InvalidRouteKinds', 'Unsupported route kinds: only HTTPRoute is supported')
    : certificate !== undefined && 'problem' in certificate
      ? certificate.problem
      : RESOLVED;
  const pem = certificate !== undefined && 'pem' in certificate ? certificate.pem : undefined;
  return {
    gateway,
    listener,
    supportedKinds,
    accepted,
    resolved,
    conflicted: ALONE,
    serves:
      accepted.status === 'True' && (listener.protocol === 'HTTP' || pem !== undefined) && supportedKinds.length > 0,
    pem,
    allows: (namespace, kind) =>
      supportedKinds.some((each) => each.kind === kind) && allowsNamespace(view, gateway, listener, namespace),
  };
}

function isHttpRoute({ group = GROUP, kind }: RouteKind): boolean {
  return group === GROUP && kind === 'HTTPRoute';
}

function isAccepted({ protocol, port, tls }: Listener): Finding {
  if (!PROTOCOLS.includes(protocol)) {
    return fails(
      'Accepted',
      'UnsupportedProtocol',
      `protocol: Unsupported value: "${protocol}": supported values: "HTTP", "HTTPS"`,
    );
  }
  // Ports on which the controller itself answers.
  if (port === 8081 || port === 9113)
    return fails('Accepted', 'PortUnavailable', `port: Invalid value: ${port}: port is already in use`);
  if (protocol === 'HTTPS' && tls?.mode === 'Passthrough') {
    return fails(
      'Accepted',
      'UnsupportedValue',
      'tls.mode: Unsupported value: "Passthrough": supported values: "Terminate"',
    );
  }
  return ACCEPTED;
}

function certificateOf(
  view: ClusterView,
  gateway: Gateway,
  { tls }: Listener,
): { readonly pem: string } | { readonly problem: Finding } {
  const refused = (reason: string, message: string) => ({ problem: fails('ResolvedRefs', reason, message) });
  const [reference] = tls?.certificateRefs ?? [];
  if (reference === undefined)
    return refused(
      'InvalidCertificateRef',
      'tls.certificateRefs: Required value: certificateRefs must be defined for TLS mode terminate',
    );
  const { group = '', kind = 'Secret', name, namespace = gateway.metadata.namespace! } = reference;
  if (group !== '' || kind !== 'Secret') {
    return refused(
      'InvalidCertificateRef',
      `tls.certificateRefs[0].kind: Unsupported value: "${kind}": supported values: "Secret"`,
    );
  }
  const from = { group: GROUP, kind: 'Gateway', namespace: gateway.metadata.namespace! };
  if (!isGranted(view, from, { group: '', kind: 'Secret', namespace, name })) {
    return refused(
      'RefNotPermitted',
      `Certificate ref to secret ${namespace}/${name} not permitted by any ReferenceGrant`,
    );
  }
  const data = view.secret(namespace, name)?.data;
  if (data === undefined)
    return refused(
      'InvalidCertificateRef',
      `tls.certificateRefs[0]: Invalid value: "${namespace}/${name}": secret does not exist`,
    );
  const [certificate, key] = ['tls.crt', 'tls.key'].map((field) =>
    Object.hasOwn(data, field) ? textOf(data[field]!) : '',
  );
  const pair = readKeyPair(certificate!, key!);
  if (typeof pair === 'string')
    return refused(
      'InvalidCertificateRef',
      `tls.certificateRefs[0]: Invalid value: "${namespace}/${name}": TLS secret is invalid: ${pair}`,
    );
  return { pem: `${certificate!.trimEnd()}\n${key!.trimEnd()}\n` };
}

function textOf(base64: string): string {
  return decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

function allowsNamespace(view: ClusterView, gateway: Gateway, { allowedRoutes }: Listener, namespace: string): boolean {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {};
  switch (from) {
    case 'All':
      return true;
    case 'None':
      return false;
    case 'Same':
      return namespace === gateway.metadata.namespace;
    case 'Selector':
      return (
        selector !== undefined && labelSelectorOf(selector).matches(view.namespace(namespace)?.metadata.labels ?? {})
      );
  }
}

export function listenerName({ gateway, listener }: ListenerState): string {
  return `${nameOf(gateway)}/${listener.name}`;
}
