import { formatDate } from '../date-format.ts';
import { printError } from '../stdio.ts';
import { FlagError, parseFlags } from './go/flags.ts';
import { type GoHandler, peerOf, serveGo } from './go/http-server.ts';
import { goProgram, log } from './go/runtime.ts';

const VERSION = '1.0.0';

/** hashicorp/http-echo: answers every request with one text. https://github.com/hashicorp/http-echo */
export const httpEcho = goProgram(function* (process, args) {
  try {
    const flags = parseFlags(args, {
      listen: { type: 'string', default: ':5678', usage: 'address and port to listen' },
      text: { type: 'string', default: process.env['ECHO_TEXT'] ?? '', usage: 'text to put on the webpage' },
      'status-code': { type: 'int', default: 200, usage: 'http response code, e.g.: 200' },
      version: { type: 'bool', default: false, usage: 'display version information' },
    });
    if (flags.bool('version')) {
      yield* printError(process, `http-echo v${VERSION}\n`);
      return 0;
    }
    const text = flags.string('text');
    if (text === '') {
      yield* printError(process, 'Missing -text option or ECHO_TEXT env var!\n');
      return 127;
    }
    if (flags.args.length > 0) {
      yield* printError(process, 'Too many arguments!\n');
      return 127;
    }
    const [host = '', port = ''] = flags.string('listen').split(/:(?=[^:]*$)/);
    const address = host === 'localhost' ? '127.0.0.1' : host;
    const status = flags.number('status-code');
    yield* log(process, `[INFO] server is listening on ${flags.string('listen')}`);
    const answer: GoHandler = function* (request) {
      const headers = { 'X-App-Name': 'http-echo', 'X-App-Version': VERSION };
      if (request.path === '/health') return { headers, body: '{"status":"ok"}\n' };
      const body = `${text}\n`;
      const date = formatDate('%Y/%m/%d %H:%M:%S', process.now());
      yield* log(
        process,
        `${date} ${request.headers['host'] ?? ''} ${peerOf(request)} "${request.method} ${request.target} HTTP/${request.version}" ${status} ${body.length} "${request.headers['user-agent'] ?? ''}" 0s`,
      );
      return { status, headers, body };
    };
    return yield* serveGo(process, Number(port), answer, address === '' ? {} : { address });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 127;
  }
});
