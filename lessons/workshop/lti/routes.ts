import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { BenchCard } from '../bench-card.ts';
import type { Workshop } from '../records.ts';
import type { Env, WorkshopServer } from '../server/context.ts';
import { floodGate } from '../server/floods.ts';
import { arrive } from './arrivals.ts';
import { DeepLinking } from './deep-linking.ts';
import { Logins } from './logins.ts';
import { arrivalPage, choicePage, refusalPage, returnPage } from './pages.ts';
import { framesOf } from './platform.ts';
import { LtiRefusal } from './refusal.ts';
import type { LtiTool } from './tool.ts';

const LARGEST_BODY = 256 * 1024;

/**
 * LTI 1.3 (https://www.imsglobal.org/spec/lti/v1p3): a platform's people come in by its links (`login`, then `launch`), its
 * instructors choose what to link to (`launch`, then `choice`). What is under way is in this process alone.
 */
export function ltiRoutes(server: WorkshopServer, { settings, keys, world }: LtiTool): Hono<Env> {
  const logins = new Logins(settings, world);
  const deepLinking = new DeepLinking(settings.address, keys, world);
  const policy = `default-src 'none'; frame-ancestors 'self' ${framesOf(settings).join(' ')}`;
  const tooLarge = (): never => {
    throw new LtiRefusal('that is more than a launch holds');
  };
  const app = new Hono<Env>()
    .use(floodGate(server))
    .use(bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }))
    .use(async (context, next) => {
      await next();
      context.res.headers.set('cache-control', 'no-store');
      context.res.headers.set('referrer-policy', 'no-referrer');
      context.res.headers.set('content-security-policy', policy);
    })
    .get('/keys', (context) =>
      context.body(JSON.stringify(keys.publicKeys), 200, { 'content-type': 'application/json' }),
    )
    .get('/login', (context) => logins.begin(context, new URL(context.req.url).searchParams))
    .post('/login', async (context) => logins.begin(context, await formOf(context)))
    .post('/launch', async (context) => {
      const launch = await logins.end(context, await formOf(context));
      const workshop = await theWorkshop(server);
      if (launch.deepLinking !== undefined) {
        const ticket = deepLinking.offer(launch);
        return context.html(choicePage(workshop.title, offered(server, workshop), ticket, launch.deepLinking.multiple));
      }
      const { person, token, known, card } = await arrive(server, workshop, keys, launch);
      const fragment = new URLSearchParams({ link: token, ...(card === undefined ? {} : { bench: card.id }) });
      return context.html(arrivalPage(workshop.title, person.name, `/workshop/#${fragment}`, known));
    })
    .post('/choice', async (context) => {
      const form = await formOf(context);
      const cards = offered(server, await theWorkshop(server));
      const { returnUrl, jwt, titles } = await deepLinking.choose(
        form.get('ticket') ?? '',
        form.getAll('bench'),
        cards,
      );
      return context.html(returnPage(returnUrl, jwt, titles));
    });
  return app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (!(error instanceof LtiRefusal)) throw error;
    return context.html(refusalPage(`The launch was not taken: ${error.message}`), 400);
  });
}

async function theWorkshop({ store }: WorkshopServer): Promise<Workshop> {
  const workshop = await store.workshop();
  if (workshop === undefined) throw new LtiRefusal('there is no workshop here any more');
  return workshop;
}

/** One of each exercise: which variant somebody works on is for the workshop to say. */
function offered({ benches }: WorkshopServer, { settings }: Workshop): readonly BenchCard[] {
  const cards = [...benches.values()].filter(({ id }) => settings.benches[id] !== undefined);
  return cards.filter(
    ({ exercise }, index) => exercise === undefined || cards.findIndex((card) => card.exercise === exercise) === index,
  );
}

async function formOf(context: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await context.req.text());
}
