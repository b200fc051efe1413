import { sameValue } from '../api/copy-on-write.ts';
import type { KubeObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { conditionsOf, type Finding, fails, holds } from './conditions.ts';
import type { Configuration, RouteOutcome } from './configuration.ts';
import {
  type Gateway,
  type GatewayClass,
  gatewayClasses,
  gateways as gatewayResource,
  type HttpRoute,
  httpRoutes,
  type ListenerStatus,
} from './kinds.ts';
import type { ListenerState } from './listeners.ts';

interface Publication {
  readonly controllerName: string;
  readonly classes: readonly GatewayClass[];
  readonly gateways: readonly Gateway[];
  /** Every route, also those that are no longer anybody's here. */
  readonly routes: readonly HttpRoute[];
  readonly configuration: Configuration;
  /** Where Gateways can be reached. */
  readonly addresses: readonly string[];
  /** Why nginx has not taken the configuration. */
  readonly problem: string | undefined;
  /** RFC 3339 */
  readonly now: string;
}

const CLASS_FINDINGS = [
  holds('Accepted', 'Accepted', 'GatewayClass is accepted'),
  holds('SupportedVersion', 'SupportedVersion', 'Gateway API CRD versions are supported'),
];

/** Writes what is to be said of classes, Gateways and routes into them. Returns what went wrong. */
export function publishStatuses(client: Client, publication: Publication): readonly string[] {
  const { classes, gateways, now } = publication;
  const problems: string[] = [];
  const write = <T extends KubeObject>(resource: Resource<T>, object: T, status: object) => {
    if (sameValue((object as { status?: object }).status ?? {}, status)) return;
    try {
      client.resource<T>(resource).updateStatus({ ...object, status });
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      // Who has changed it meanwhile is heard of, and it is written then.
      if (error instanceof StatusError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      problems.push(`Failed to update status of ${resource.kind} ${object.metadata.name}: ${error.message}`);
    }
  };
  for (const each of classes) {
    const about = { generation: each.metadata.generation ?? 1, now };
    write(gatewayClasses, each, {
      ...each.status,
      conditions: conditionsOf(CLASS_FINDINGS, each.status?.conditions, about),
    });
  }
  for (const gateway of gateways) write(gatewayResource, gateway, gatewayStatus(gateway, publication));
  for (const route of publication.routes) {
    const outcome = publication.configuration.routes.find((each) => each.route === route);
    const others = (route.status?.parents ?? []).filter(
      ({ controllerName }) => controllerName !== publication.controllerName,
    );
    if (outcome === undefined && others.length === (route.status?.parents ?? []).length) continue;
    write(httpRoutes, route, { parents: [...others, ...routeParents(route, outcome, publication)] });
  }
  return problems;
}

function routeParents(route: HttpRoute, outcome: RouteOutcome | undefined, { controllerName, now }: Publication) {
  const about = { generation: route.metadata.generation ?? 1, now };
  return (outcome?.parents ?? []).map(({ outcome: { parentRef }, findings }) => {
    const before = route.status?.parents.find(
      (each) => each.controllerName === controllerName && sameValue(each.parentRef, parentRef),
    );
    return { parentRef, controllerName, conditions: conditionsOf(findings, before?.conditions, about) };
  });
}

function gatewayStatus(gateway: Gateway, publication: Publication): NonNullable<Gateway['status']> {
  const { configuration, addresses, problem, now } = publication;
  const states = configuration.listeners.filter((state) => state.gateway === gateway);
  const about = { generation: gateway.metadata.generation ?? 1, now };
  const findings = gatewayFindings(gateway, states, addresses, problem);
  return {
    addresses: addresses.map((value) => ({ type: 'IPAddress', value })),
    conditions: conditionsOf(findings, gateway.status?.conditions, about),
    listeners: states.map((state): ListenerStatus => {
      const before = gateway.status?.listeners?.find(({ name }) => name === state.listener.name);
      return {
        name: state.listener.name,
        supportedKinds: state.supportedKinds,
        attachedRoutes: attachedRoutes(state, configuration),
        conditions: conditionsOf(listenerFindings(state, problem), before?.conditions, about),
      };
    }),
  };
}

function attachedRoutes(state: ListenerState, { routes }: Configuration): number {
  return routes.filter(({ parents }) =>
    parents.some(({ outcome }) => outcome.attachments.some((attachment) => attachment.state === state)),
  ).length;
}

const NOT_RELOADED = 'The Gateway is not programmed due to a failure to reload nginx with the configuration';

function gatewayFindings(
  { spec }: Gateway,
  states: readonly ListenerState[],
  addresses: readonly string[],
  problem: string | undefined,
): Finding[] {
  if (spec.addresses !== undefined && spec.addresses.length > 0) {
    const message = 'spec.addresses: Forbidden: addresses are not supported';
    return [fails('Accepted', 'UnsupportedAddress', message), fails('Programmed', 'Invalid', message)];
  }
  const good = states.filter(({ serves }) => serves).length;
  if (good === 0) {
    const message = 'Gateway has no valid listeners';
    return [fails('Accepted', 'ListenersNotValid', message), fails('Programmed', 'Invalid', message)];
  }
  const accepted =
    good === states.length
      ? holds('Accepted', 'Accepted', 'Gateway is accepted')
      : holds('Accepted', 'ListenersNotValid', 'Gateway has at least one valid listener');
  if (problem !== undefined) return [accepted, fails('Programmed', 'Invalid', `${NOT_RELOADED}: ${problem.trim()}`)];
  if (addresses.length === 0) {
    return [accepted, fails('Programmed', 'AddressNotAssigned', 'No addresses have been assigned to the Gateway')];
  }
  return [accepted, holds('Programmed', 'Programmed', 'Gateway is programmed')];
}

function listenerFindings(
  { accepted, resolved, conflicted, serves }: ListenerState,
  problem: string | undefined,
): Finding[] {
  const why = accepted.status === 'True' ? resolved.message : accepted.message;
  const programmed = !serves
    ? fails('Programmed', 'Invalid', why)
    : problem === undefined
      ? holds('Programmed', 'Programmed', 'Listener is programmed')
      : fails('Programmed', 'Invalid', NOT_RELOADED);
  return [accepted, programmed, resolved, conflicted];
}
