import { fail, print, printError } from '../stdio.ts';
import { relay } from './nc.ts';
import { getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';
import { resolveHost } from './resolve.ts';

const TELNET_PORT = 23;

/**
 * A connection by hand, as it is used to see whether a port answers: lines in, lines out, without the options that
 * terminals and servers negotiate. https://www.rfc-editor.org/rfc/rfc854
 */
export const telnet = program(function* (process, args, flavour) {
  const [name, port, ...more] = getOptions(args, { letters: 'al:e:dEKL8' }).operands;
  if (name === undefined || more.length > 0) throw new Usage();
  const number = port === undefined ? TELNET_PORT : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    return yield* fail(
      process,
      flavour === 'gnu'
        ? `could not resolve ${name}/${port}: Servname not supported for ai_socktype`
        : `bad port '${port}'`,
    );
  }
  const address = yield* resolveHost(process, name);
  if (address === undefined) {
    if (flavour === 'busybox') return yield* fail(process, `bad address '${name}'`);
    return yield* fail(process, `could not resolve ${name}/${port ?? 'telnet'}: Name or service not known`);
  }
  if (flavour === 'gnu') yield* print(process, `Trying ${address}...\n`);
  let socket: number;
  try {
    socket = yield* process.connect(address, number);
  } catch (error) {
    const { message } = errnoOf(error);
    if (flavour === 'gnu') return yield* fail(process, `Unable to connect to remote host: ${message}`);
    return yield* fail(process, `can't connect to remote host (${address}): ${message}`);
  }
  yield* print(
    process,
    flavour === 'gnu' ? `Connected to ${name}.\nEscape character is '^]'.\n` : `Connected to ${name}\n`,
  );
  const status = yield* relay(process, socket);
  yield* printError(
    process,
    flavour === 'gnu' ? 'Connection closed by foreign host.\n' : 'Connection closed by foreign host\r\n',
  );
  return flavour === 'gnu' ? 1 : status;
});
