import { internalError, unexplained } from '../api/errors.ts';
import type { KubeObject } from '../api/object.ts';
import { ANONYMOUS, type ApiRequest, type ApiResponse, type RequestInfo, type UserInfo } from '../api/request.ts';
import { StatusError } from '../api/status-error.ts';
import { EtcdError } from '../etcd/index.ts';
import type { Activity, Simulation } from '../sim/index.ts';

/** Who makes a request. */
export interface Caller {
  readonly user: UserInfo;
  /** Who really sent it, when the sender asked to be taken for somebody else. */
  readonly impersonator?: string;
}

/** What was refused and would be asked about. That an object is not there is an answer, not a refusal. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 405, 409, 413, 415, 422, 429]);

/**
 * Handles a request so that the trace can say who did it: writes bear the user's name, refusals are noted with their
 * reasons. Writes that no component has claimed are those of the client that sent them.
 */
export function inTrace(
  sim: Simulation,
  request: ApiRequest,
  info: RequestInfo | undefined,
  caller: Caller,
  call: () => ApiResponse,
): ApiResponse {
  const { trace } = sim;
  if (!trace.isRecording) return call();
  if (request.method === 'GET') return notingRefusal(sim, request, call, () => activityOf(request, info, caller));
  const body = () => notingRefusal(sim, request, call);
  if (trace.activity !== undefined) return trace.as(nameOf(caller), body);
  return trace.during(activityOf(request, info, caller), body);
}

function activityOf(request: ApiRequest, info: RequestInfo | undefined, caller: Caller): Activity {
  return { component: componentOf(request), key: keyOf(request, info), ...nameOf(caller) };
}

function nameOf({ user: { username: user }, impersonator }: Caller): Pick<Activity, 'user' | 'impersonator'> {
  return impersonator === undefined ? { user } : { user, impersonator };
}

function notingRefusal(
  sim: Simulation,
  request: ApiRequest,
  call: () => ApiResponse,
  activity?: () => Activity,
): ApiResponse {
  try {
    return call();
  } catch (error) {
    noteRefusal(sim, request, error, activity?.());
    throw error;
  }
}

/** Notes why a request is refused, and (where no activity says it already) who made it. */
export function noteRefusal(sim: Simulation, request: ApiRequest, error: unknown, activity?: Activity): void {
  const { code, message } = asStatusError(error);
  if (!REFUSALS.has(code)) return;
  const { trace } = sim;
  const note = () => {
    trace.note(sim.nowMs, 'request.refused', `${request.method} ${request.path}`, `${code} ${message}`);
  };
  if (activity === undefined) note();
  else if (trace.activity === undefined) trace.during(activity, note);
  else trace.as(activity, note);
}

function componentOf({ headers, user }: ApiRequest): string {
  return headers?.['user-agent'] ?? user?.username ?? ANONYMOUS.username;
}

function keyOf(request: ApiRequest, info: RequestInfo | undefined): string {
  if (info === undefined) return request.path;
  const name = info.name === '' ? nameInBody(request) : info.name;
  return info.namespace === '' ? name : `${info.namespace}/${name}`;
}

function nameInBody({ body }: ApiRequest): string {
  const { metadata } = (typeof body === 'object' && body !== null ? body : {}) as Partial<KubeObject>;
  return typeof metadata?.name === 'string' ? metadata.name : '';
}

/** Whatever went wrong, as the client is told. */
export function asStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof EtcdError) return unexplained(error.message);
  return internalError(error instanceof Error ? error.message : String(error));
}
