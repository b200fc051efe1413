import type { Context } from 'hono';
import type { Run } from '../records.ts';
import type { Store } from '../store/store.ts';

/** A run with its entries from `?from=` on, which are JSON already and are not read on the way. */
export async function runAnswer(context: Context, store: Store, run: Run): Promise<Response> {
  const { personId, benchId, runId, options, count, end = null } = run;
  const from = Math.max(0, Number(context.req.query('from') ?? 0) || 0);
  const entries = await store.entries(personId, benchId, from);
  const head = JSON.stringify({ runId, options, count, end, from });
  const body = `${head.slice(0, -1)},"entries":[${entries.join(',')}]}`;
  return context.body(body, 200, { 'content-type': 'application/json' });
}
