import type { ApiResponse } from '../../api/request.ts';

export const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** What Go's mux says of a path that nobody has claimed. */
export const PAGE_NOT_FOUND: ApiResponse = { status: 404, headers: TEXT, body: '404 page not found\n' };
