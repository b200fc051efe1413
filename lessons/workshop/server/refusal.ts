import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';

/** Ends a request with a sentence that may be shown to whoever sent it. `code` is for the page; `wait` is in seconds. */
export function refuse(
  status: ContentfulStatusCode,
  code: string,
  message: string,
  more: { readonly wait?: number; readonly count?: number } = {},
): never {
  const res = Response.json({ code, message, ...more }, { status });
  if (more.wait !== undefined) res.headers.set('retry-after', String(more.wait));
  throw new HTTPException(status, { res });
}

/** Reads a body that may be anything. */
export async function readBody<T extends z.ZodType>(
  request: { json(): Promise<unknown> },
  shape: T,
): Promise<z.infer<T>> {
  let body: unknown;
  try {
    body = await request.json();
  } catch {
    refuse(400, 'not-json', 'The request is not JSON.');
  }
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  refuse(400, 'malformed', `${issue?.path.join('.') || 'the request'}: ${issue?.message ?? 'malformed'}`);
}
