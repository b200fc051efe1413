import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { BenchCard } from '../bench-card.ts';
import { GradePassback } from '../lti/grade-passback.ts';
import { framesOf, type LtiSettings } from '../lti/platform.ts';
import type { LtiTool } from '../lti/tool.ts';
import type { Store } from '../store/store.ts';
import { createApp } from './app.ts';
import type { WorkshopServer } from './context.ts';
import { EndWatch } from './end-watch.ts';
import { Grading } from './grading.ts';
import { GradingPool } from './grading-pool.ts';
import { Guesses } from './guesses.ts';
import { Happenings } from './happenings.ts';
import { LiveBoard } from './live-board.ts';
import { wait } from './retries.ts';
import { tellTroubles } from './troubles.ts';
import { Webhooks, type WebhookTarget } from './webhooks.ts';

/** Connections that wait to be taken. A room that comes back all at once after a restart is more than Node's own 511. */
const MOST_KNOCKING = 4096;

export interface RunningWorkshop {
  readonly port: number;
  stop(): Promise<void>;
}

/** The built site and the workshop's API on one port. */
export async function startServer(
  store: Store,
  cards: readonly BenchCard[],
  options: {
    readonly host: string;
    readonly port: number;
    readonly site: string;
    readonly roster?: ReadonlyMap<string, string>;
    readonly behindProxy?: boolean;
    readonly webhook?: WebhookTarget;
    readonly lti?: Pick<LtiTool, 'settings' | 'keys'>;
  },
): Promise<RunningWorkshop> {
  const now = () => Date.now();
  const benches = new Map(cards.map((card) => [card.id, card]));
  const pool = new GradingPool(availableParallelism());
  const grading = new Grading(store, benches, (load) => pool.grade(load), now);
  const webhooks = options.webhook === undefined ? undefined : new Webhooks(options.webhook);
  const happenings = webhooks === undefined ? undefined : new Happenings(store, benches, webhooks);
  grading.onGraded((personId, exerciseId) => happenings?.graded(personId, exerciseId));
  const endWatch = happenings && new EndWatch(store, { now, wait }, (workshop, at) => happenings.ended(workshop, at));
  endWatch?.look();
  const lti = options.lti === undefined ? undefined : { ...options.lti, world: { now, fetch, wait, complain } };
  const passback =
    lti === undefined ? undefined : new GradePassback(store, lti.settings.platforms, lti.keys, lti.world);
  grading.onGraded((personId, exerciseId) => void passback?.graded(personId, exerciseId).catch(complain));
  const server: WorkshopServer = {
    store,
    benches,
    now,
    guesses: new Guesses(now),
    addressOf: (context) => addressOf(context, options.behindProxy === true),
    grading,
    ...(lti === undefined ? {} : { lti }),
    ...(happenings === undefined ? {} : { happenings }),
    ...(options.roster === undefined ? {} : { roster: options.roster }),
  };
  const board = new LiveBoard(server);
  await board.load();
  const app = createApp(server, board, tellTroubles(complain, now));
  app.use(secureHeaders({ referrerPolicy: 'no-referrer', ...framing(lti?.settings) }));
  app.get('*', serveStatic({ root: options.site }));
  app.notFound(
    (context) => serveStatic({ path: join(options.site, '404.html') })(context, async () => {}) as Promise<Response>,
  );
  const http = createServer(getRequestListener(app.fetch));
  // Longer than a learner's browser is silent, so that a connection is not closed just as something is sent on it.
  http.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen({ port: options.port, host: options.host, backlog: MOST_KNOCKING }, resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      board.close();
      endWatch?.close();
      webhooks?.close();
      passback?.close();
      await pool.close();
      await store.close();
    },
  };
}

/** A course may show the site in a frame of its own; nobody else may. */
function framing(settings: LtiSettings | undefined) {
  if (settings === undefined) return {};
  return {
    xFrameOptions: false,
    contentSecurityPolicy: { frameAncestors: ["'self'", ...framesOf(settings)] },
  };
}

function complain(problem: Error | string): void {
  process.stderr.write(`${typeof problem === 'string' ? problem : problem.message}\n`);
}

/** Whom a request comes from: the other end of the connection, or whom the proxy there names, which adds to the right. */
function addressOf(context: Context, behindProxy: boolean): string {
  const { incoming } = context.env as HttpBindings;
  const forwarded = behindProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded ?? incoming.socket.remoteAddress ?? '';
}
