import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { LTI } from '../lti/logins.ts';
import { ltiRoutes } from '../lti/routes.ts';
import type { Workshop } from '../records.ts';
import type { Env, WorkshopServer } from './context.ts';
import { floodGate } from './floods.ts';
import { instructorRoutes } from './instructor-routes.ts';
import { joinRoutes } from './join-routes.ts';
import { learnerRoutes } from './learner-routes.ts';
import type { LiveBoard } from './live-board.ts';
import { refuse } from './refusal.ts';
import { storageIsFull } from './storage-full.ts';

const LARGEST_BODY = 1024 * 1024;

/** Where the workshop's API lies on the site. */
export const API = '/workshop/api';

/** The workshop's server as a function from request to response; the site's own files are served beside it. */
export function createApp(server: WorkshopServer, board: LiveBoard, report: (error: Error) => void): Hono<Env> {
  const { store } = server;
  let known: Promise<Workshop | undefined> | undefined;
  store.onChange(({ kind }) => {
    if (kind === 'workshop') known = undefined;
  });

  const api = new Hono<Env>()
    .use(secureHeaders({ referrerPolicy: 'no-referrer' }))
    .use(floodGate(server))
    .use(async (context, next) => {
      await next();
      const { headers } = context.res;
      if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    })
    .use(
      bodyLimit({
        maxSize: LARGEST_BODY,
        onError: () => refuse(413, 'too-large', 'That is more than a workshop takes at once.'),
      }),
    )
    .use(async (context, next) => {
      known ??= store.workshop();
      const workshop = await known;
      if (workshop === undefined) refuse(404, 'no-workshop', 'There is no workshop here any more.');
      context.set('workshop', workshop);
      await next();
    })
    .route('/join', joinRoutes(server))
    .route('/me', learnerRoutes(server))
    .route('/board', instructorRoutes(server, board))
    .all('*', () => refuse(404, 'no-route', 'There is nothing at this address.'));

  const app = new Hono<Env>().route(API, api);
  if (server.lti !== undefined) app.route(LTI, ltiRoutes(server, server.lti));
  return app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    known = undefined;
    report(error);
    if (storageIsFull(error)) {
      return context.json(
        {
          code: 'storage-full',
          message:
            'The disk of the workshop’s server is full: nothing new is kept. What is done on a bench stays in its browser and is sent later.',
        },
        507,
      );
    }
    return context.json(
      {
        code: 'failed',
        message:
          'The workshop’s server has a problem; try again in a moment. What is done on a bench stays in its browser and is sent later.',
      },
      500,
    );
  });
}
