import { z } from 'zod';

/** The id of anything: made here or in a browser, never a path. */
export const Id = z.string().min(1).max(100);
