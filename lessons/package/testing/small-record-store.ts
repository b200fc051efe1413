import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './small-lms.ts';

/** A statement, as far as tests look at it. */
interface SeenStatement {
  readonly id: string;
  readonly actor: object;
  readonly verb: { readonly id: string };
  readonly object: { readonly id: string };
  readonly result?: {
    readonly score?: { readonly scaled: number };
    readonly success?: boolean;
    readonly completion?: boolean;
    readonly duration?: string;
  };
  readonly context: {
    readonly registration: string;
    readonly contextActivities: { readonly category: readonly { readonly id: string }[] };
    readonly extensions: Readonly<Record<string, unknown>>;
  };
}

export const ACTOR = { objectType: 'Agent', account: { homePage: 'https://school.example', name: 'ada' } };
const ACTIVITY = 'https://school.example/course/7/unit/3';
const REGISTRATION = '2b6d0c5e-6f7b-4a52-9f3c-0d5f6f0f1a11';

/** A learning record store and the launches of a system that uses it, on a site of its own. */
export interface SmallRecordStore {
  readonly url: string;
  readonly statements: readonly SeenStatement[];
  /** What broke a rule of xAPI or cmi5. */
  readonly broken: readonly string[];
  verbs(): readonly string[];
  /** The query with which a unit is launched, each time as another session of one registration. */
  launch(session: string, data: Readonly<Record<string, unknown>>): string;
  close(): Promise<void>;
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, x-experience-api-version',
  'access-control-allow-methods': 'GET, PUT, POST',
};

export async function startSmallRecordStore(): Promise<SmallRecordStore> {
  const statements: SeenStatement[] = [];
  const broken: string[] = [];
  const documents = new Map<string, string>();
  /** Rights that are given out once, by the address they are fetched from. */
  const rights = new Map<string, string>();
  const { url, close } = await serve(async (request, response) => {
    const address = new URL(request.url!, 'http://store');
    const body = await textOf(request);
    const answer = (status: number, text = '') => end(response, status, text);
    if (request.method === 'OPTIONS') return answer(204);
    if (address.pathname === '/fetch') {
      const token = rights.get(address.search);
      rights.delete(address.search);
      return answer(200, JSON.stringify(token === undefined ? { 'error-code': '1' } : { 'auth-token': token }));
    }
    const allowed = request.headers.authorization === 'Basic bGVhdmU=';
    if (!allowed || request.headers['x-experience-api-version'] === undefined) {
      broken.push(`${request.method} ${address.pathname} without a right or a version`);
      return answer(401);
    }
    if (address.pathname === '/xapi/statements') {
      for (const each of [JSON.parse(body) as SeenStatement | readonly SeenStatement[]].flat()) {
        if (!statements.some(({ id }) => id === each.id)) statements.push(each);
      }
      return answer(200, '[]');
    }
    const key = `${address.pathname}?${address.searchParams}`;
    if (request.method === 'PUT') documents.set(key, body);
    else if (!documents.has(key)) return answer(404);
    return answer(request.method === 'PUT' ? 204 : 200, request.method === 'PUT' ? '' : documents.get(key));
  });
  return {
    ...{ url, statements, broken, close },
    verbs: () => statements.map(({ verb }) => verb.id.split('/').at(-1)!),
    launch(session, data) {
      const place = { activityId: ACTIVITY, agent: JSON.stringify(ACTOR), registration: REGISTRATION };
      const contextTemplate = {
        contextActivities: { grouping: [{ id: 'urn:publisher' }] },
        extensions: { 'https://w3id.org/xapi/cmi5/context/extensions/sessionid': session },
      };
      const state = new URLSearchParams({ ...place, stateId: 'LMS.LaunchData' });
      documents.set(`/xapi/activities/state?${state}`, JSON.stringify({ contextTemplate, moveOn: 'Passed', ...data }));
      rights.set(`?session=${session}`, 'bGVhdmU=');
      const { agent: actor, ...rest } = place;
      const fetch = `${url}/fetch?session=${session}`;
      return `?${new URLSearchParams({ endpoint: `${url}/xapi/`, fetch, actor, ...rest })}`;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...CORS, 'content-type': 'application/json' });
  response.end(text);
}
