import type { Task } from '../../../sim/index.ts';
import type { HttpResponseHead } from '../../http.ts';
import { decode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Options } from '../options.ts';
import { fileOf } from './request.ts';

/** What is known of a transfer when it is over, however it ended. Times are milliseconds since its begin. */
export interface TransferFacts {
  readonly url: string;
  effectiveUrl: string;
  method: string;
  scheme: string;
  remote: { readonly address: string; readonly port: number } | undefined;
  response: HttpResponseHead | undefined;
  redirects: number;
  connects: number;
  bytes: number;
  sentBytes: number;
  redirectUrl: string | undefined;
  fileName: string | undefined;
  /** OpenSSL's number for why the server is not believed. */
  verifyResult: number;
  lookedUpMs: number;
  connectedMs: number;
  securedMs: number;
  startedMs: number;
  totalMs: number;
  exitCode: number;
  errorMessage: string;
}

/** `-w`: what is told of a transfer behind it. https://curl.se/docs/manpage.html#-w */
export function* writeOut(process: Process, options: Options, facts: TransferFacts): Task<void> {
  const wanted = options.value('w');
  if (wanted === undefined) return;
  const file = wanted.startsWith('@') ? yield* fileOf(process, wanted.slice(1)) : undefined;
  if (wanted.startsWith('@') && file === undefined) {
    yield* printError(process, `Warning: Failed to read ${wanted.slice(1)}\n`);
    return;
  }
  const format = file === undefined ? wanted : decode(file);
  const variables = variablesOf(facts);
  let toErrors = false;
  for (const piece of format.match(/%\{[^}]*\}|%header\{[^}]*\}|%%|\\[nrt]|[\s\S]/g) ?? []) {
    if (piece === '%{stderr}' || piece === '%{stdout}') toErrors = piece === '%{stderr}';
    else if (piece === '%{onerror}') {
      if (facts.exitCode === 0) return;
    } else {
      const text = textOf(piece, variables, facts);
      if (text === undefined)
        yield* printError(process, `curl: unknown --write-out variable: '${piece.slice(2, -1)}'\n`);
      else if (text !== '') yield* (toErrors ? printError : print)(process, text);
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t', '%%': '%' };

/** Undefined for a variable that there is not. */
function textOf(
  piece: string,
  variables: Readonly<Record<string, string | number>>,
  { response }: TransferFacts,
): string | undefined {
  if (Object.hasOwn(ESCAPES, piece)) return ESCAPES[piece]!;
  const [, header] = /^%header\{(.*)\}$/.exec(piece) ?? [];
  if (header !== undefined) return response?.headers[header.toLowerCase()] ?? '';
  const [, name] = /^%\{(.*)\}$/.exec(piece) ?? [];
  if (name === undefined) return piece;
  return Object.hasOwn(variables, name) ? String(variables[name]) : undefined;
}

function variablesOf(facts: TransferFacts): Readonly<Record<string, string | number>> {
  const { response, remote, totalMs } = facts;
  const seconds = (ms: number) => (ms / 1000).toFixed(6);
  const status = String(response?.status ?? 0).padStart(3, '0');
  return {
    http_code: status,
    response_code: status,
    http_version: response?.version ?? '0',
    content_type: response?.headers['content-type'] ?? '',
    errormsg: facts.errorMessage,
    exitcode: facts.exitCode,
    filename_effective: facts.fileName ?? '',
    method: facts.method,
    num_connects: facts.connects,
    num_headers: Object.keys(response?.headers ?? {}).length,
    num_redirects: facts.redirects,
    redirect_url: facts.redirectUrl ?? '',
    remote_ip: remote?.address ?? '',
    remote_port: remote?.port ?? -1,
    scheme: facts.connects === 0 ? '' : facts.scheme,
    size_download: facts.bytes,
    size_upload: facts.sentBytes,
    speed_download: totalMs === 0 ? 0 : Math.floor((facts.bytes * 1000) / totalMs),
    speed_upload: totalMs === 0 ? 0 : Math.floor((facts.sentBytes * 1000) / totalMs),
    ssl_verify_result: facts.verifyResult,
    time_appconnect: seconds(facts.securedMs),
    time_connect: seconds(facts.connectedMs),
    time_namelookup: seconds(facts.lookedUpMs),
    time_pretransfer: seconds(Math.max(facts.connectedMs, facts.securedMs)),
    time_redirect: seconds(0),
    time_starttransfer: seconds(facts.startedMs),
    time_total: seconds(totalMs),
    url: facts.url,
    url_effective: facts.effectiveUrl,
    urlnum: 0,
  };
}
