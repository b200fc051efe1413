import { type ComponentStatus, componentStatuses as KIND } from '../api/core/component-status.ts';
import { methodNotAllowed, noSuchResource, unexplained } from '../api/errors.ts';
import type { HttpOutcome, HttpRequest } from '../api/http-port.ts';
import type { KubeList, KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, RequestInfo } from '../api/request.ts';
import { respond, type ServerContext } from './context.ts';
import { readFilter } from './handlers/read.ts';
import { negotiate } from './media-type.ts';
import { Query } from './query.ts';
import type { Question } from './request-scope.ts';
import { presentation } from './table.ts';
import { selects } from './watch/object-filter.ts';

/** What is asked on the server's own machine; undefined for etcd, which the server itself talks to all the time. */
const PORTS: readonly (readonly [name: string, port: number | undefined])[] = [
  ['controller-manager', 10257],
  ['scheduler', 10259],
  ['etcd-0', undefined],
];
const HOST = '127.0.0.1';
const TIMEOUT_MS = 20_000;

/**
 * Answers how the control plane's components are by asking them; undefined when the path is about something else.
 * After pkg/registry/core/componentstatus. Simplified: the components' health is served without TLS here.
 */
export function serveComponentStatuses(
  server: ServerContext,
  request: ApiRequest,
  info: RequestInfo,
): ApiResponse | undefined {
  if (info.group !== KIND.group || info.version !== KIND.version || info.resource !== KIND.plural) return undefined;
  if (info.namespace !== '' || info.subresource !== '') throw noSuchResource();
  const query = new Query(request);
  if (request.method !== 'GET' || info.watch === true || query.flag('watch')) throw methodNotAllowed();
  const { as } = negotiate(request.headers?.['accept'], { protobuf: request.writesProtobuf });
  const shown = presentation(KIND, as, query.text('includeObject'), () => server.clock.nowMs);
  const warnings = [KIND.deprecation!];
  if (info.name !== '') {
    const asked = PORTS.filter(([name]) => name === info.name);
    if (asked.length === 0) throw unexplained(`Component not found: ${info.name}`);
    return respond(200, shown.object(statuses(server, asked)[0]!), warnings);
  }
  const filter = readFilter({ query, info, kind: KIND });
  const items = statuses(server, PORTS).filter((object) => selects(filter, KIND, object));
  const list = { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items };
  return respond(200, shown.list(list as unknown as KubeList<KubeObject>), warnings);
}

/** @throws AnswersNeeded while the components have not answered. */
function statuses({ scope, proxying }: ServerContext, asked: typeof PORTS): readonly KubeObject[] {
  const questions = asked.flatMap(([name, port]) => (port === undefined ? [] : [[name, question(port)] as const]));
  const answers = scope.answers(questions.map(([, { request, key }]) => ask(request, key)));
  const found = new Map(
    questions.map(([name, { url }], index) => [name, conditionOf(url, answers[index] as HttpOutcome)]),
  );
  return asked.map(([name]) => {
    const object: ComponentStatus = {
      kind: KIND.kind,
      apiVersion: KIND.version,
      metadata: { name },
      conditions: [found.get(name) ?? { type: 'Healthy', status: 'True', message: 'ok' }],
    };
    return object as unknown as KubeObject;
  });

  function ask(request: HttpRequest, key: string): Question {
    return { key, ask: (answered) => proxying.send(request, answered) };
  }
}

function question(port: number) {
  const path = '/healthz';
  const request: HttpRequest = {
    method: 'GET',
    host: HOST,
    port,
    path,
    headers: { Host: `${HOST}:${port}`, Accept: '*/*', 'User-Agent': 'kube-probe' },
    timeoutMs: TIMEOUT_MS,
  };
  const url = `https://${HOST}:${port}${path}`;
  return { request, url, key: `GET ${url}` };
}

/** A probe that does not come through is a failure, and its error the message, as with the probes of containers. */
function conditionOf(url: string, outcome: HttpOutcome): ComponentStatus['conditions'][number] {
  if ('error' in outcome)
    return { type: 'Healthy', status: 'False', message: `Get ${JSON.stringify(url)}: ${outcome.error}` };
  const { status, body } = outcome;
  return status >= 200 && status < 400
    ? { type: 'Healthy', status: 'True', message: new TextDecoder().decode(body) }
    : { type: 'Healthy', status: 'False', message: `HTTP probe failed with statuscode: ${status}` };
}
