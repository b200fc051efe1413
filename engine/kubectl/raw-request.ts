import { encode } from '../linux/stdio.ts';
import type { Task } from '../sim/index.ts';
import { ANY_CONTENT } from './answer.ts';
import { CommandError } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';
import { readWholeFile } from './manifest-files.ts';

/** `--raw`: a request to any path, with the answer as it comes. */
export function rawFlag(method: 'GET' | 'POST' | 'PUT' | 'DELETE'): FlagSpec {
  return { name: 'raw', type: 'string', help: `${method} this path of the server and print the answer` };
}

/** Sends the request and prints what is answered. POST and PUT carry the one file of `-f`. @throws CommandError */
export function* sendRaw(invocation: Invocation, method: 'GET' | 'POST' | 'PUT' | 'DELETE'): Task<number> {
  const { flags, args, client, streams } = invocation;
  const [path = '', queryText = ''] = flags.string('raw').split('?');
  const query = Object.fromEntries(new URLSearchParams(queryText));
  if (method === 'GET' || method === 'DELETE') {
    const request = { method, path, query, headers: { accept: ANY_CONTENT } };
    const { body } = yield* invocation.patiently(() => client.request(request));
    streams.out(answerText(path, body));
    return 0;
  }
  if (args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified');
  const files = flags.list('filename');
  if (files.length !== 1) throw new CommandError('--raw can only use a single local file or stdin');
  if (flags.bool('recursive')) throw new CommandError('--raw and --recursive are mutually exclusive');
  if (flags.changed('output')) throw new CommandError('--raw and --output are mutually exclusive');
  if (/^https?:\/\//.test(files[0]!)) throw new CommandError('--raw cannot read from a url');
  const text = files[0] === '-' ? yield* streams.readInput() : readWholeFile(invocation.process, files[0]!);
  const headers = { accept: ANY_CONTENT, 'content-type': 'application/json' };
  const request = { method, path, query, headers, body: encode(text) };
  const { body } = yield* invocation.patiently(() => client.request(request));
  streams.out(answerText(path, body));
  return 0;
}

/** As the server writes it: objects of the API end with a newline, `/version` is laid out for people. */
function answerText(path: string, body: unknown): string {
  if (typeof body === 'string') return body;
  return path === '/version' ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`;
}
