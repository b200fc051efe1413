import { type Finding, fails, holds } from './conditions.ts';
import { intersection } from './hostnames.ts';
import { type Gateway, GROUP, type HttpRoute, type ParentReference } from './kinds.ts';
import type { ListenerState } from './listeners.ts';

/** A route under a listener, for one of the names that both have. */
export interface Attachment {
  readonly route: HttpRoute;
  readonly state: ListenerState;
  /** Absent for every name. */
  readonly hostname: string | undefined;
}

/** What came of one of a route's references to its parents. */
export interface ParentOutcome {
  readonly parentRef: ParentReference;
  readonly accepted: Finding;
  readonly attachments: readonly Attachment[];
}

const ACCEPTED = holds('Accepted', 'Accepted', 'The route is accepted');

/** Whether a reference is to a Gateway that is this controller's; undefined: it is another's business. */
export function gatewayOf(
  route: HttpRoute,
  parent: ParentReference,
  gateways: readonly Gateway[],
): Gateway | undefined {
  const { group = GROUP, kind = 'Gateway', namespace = route.metadata.namespace, name } = parent;
  if (group !== GROUP || kind !== 'Gateway') return undefined;
  return gateways.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

/**
 * To which listeners a route is attached by a reference: those that it names, that let routes of its namespace in, and that
 * have a name in common with it. https://gateway-api.sigs.k8s.io/concepts/api-overview/#attaching-routes-to-gateways
 */
export function attach(route: HttpRoute, parentRef: ParentReference, states: readonly ListenerState[]): ParentOutcome {
  const refused = (reason: string, message: string) => ({
    parentRef,
    accepted: fails('Accepted', reason, message),
    attachments: [],
  });
  const { sectionName, port } = parentRef;
  const named = states.filter(
    ({ listener }) => (sectionName ?? listener.name) === listener.name && (port ?? listener.port) === listener.port,
  );
  if (named.length === 0) {
    return refused(
      'NoMatchingParent',
      'The Gateway has no listener with the section name and port that the parentRef has',
    );
  }
  const serving = named.filter(({ serves }) => serves);
  if (serving.length === 0) return refused('InvalidListener', 'Listener is invalid for this parent ref');
  const open = serving.filter(({ allows }) => allows(route.metadata.namespace!, 'HTTPRoute'));
  if (open.length === 0) return refused('NotAllowedByListeners', 'Route is not allowed by any listener');
  const attachments = open.flatMap((state) =>
    hostnamesUnder(route, state).map((hostname) => ({ route, state, hostname })),
  );
  if (attachments.length === 0) {
    return refused('NoMatchingListenerHostname', 'Listener hostname does not match the route hostnames');
  }
  return { parentRef, accepted: ACCEPTED, attachments };
}

function hostnamesUnder({ spec }: HttpRoute, { listener }: ListenerState): (string | undefined)[] {
  const wanted: readonly (string | undefined)[] = spec.hostnames?.length ? spec.hostnames : [undefined];
  return [...new Set(wanted.map((each) => intersection(listener.hostname, each)))].filter((each) => each !== 'none');
}
