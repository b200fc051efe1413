import type { About } from '../../about.ts';
import { foundSubject } from '../found.ts';

/** Not for the package: what its manifest is written from. */
export async function GET(): Promise<Response> {
  const { setup, language, description } = await foundSubject();
  return Response.json({ title: setup.title, description, language: language.code } satisfies About);
}
