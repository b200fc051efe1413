import { acceptSessions, SSHD_CONFIG_PATH } from '../../ssh/listener.ts';
import { VERSION } from '../../ssh/transport.ts';
import { decode, print, printError } from '../../stdio.ts';
import { getOptions } from '../options.ts';
import { errnoOf, program } from '../program.ts';
import { effectiveText, readSshdConfig } from './sshd-config.ts';

/** sshd(8): `-t` and `-T` look at the configuration, else it listens. It stays in the foreground, as `-D` asks. */
export const sshd = program(function* (process, args) {
  const options = getOptions(args, { letters: 'Ddef:o:p:tTVqC:' });
  if (options.has('V')) {
    yield* printError(process, `${VERSION.replace('SSH-2.0-', '')}, OpenSSL 3.5.1 1 Jul 2025\n`);
    return 0;
  }
  const path = options.value('f') ?? SSHD_CONFIG_PATH;
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    yield* printError(process, `${path}: ${errnoOf(error).message}\n`);
    return 1;
  }
  const { config, complaints } = readSshdConfig(text);
  if (complaints.length > 0) {
    for (const complaint of complaints) yield* printError(process, `${path}: ${complaint}\n`);
    yield* printError(process, `${path}: terminating, ${complaints.length} bad configuration options\n`);
    return 255;
  }
  if (options.has('T')) yield* print(process, effectiveText(config));
  if (options.has('T') || options.has('t')) return 0;
  const ports = options.values('p').length > 0 ? options.values('p').map(Number) : config.ports;
  const listeners: number[] = [];
  for (const port of ports) {
    try {
      listeners.push(process.listen(port));
      yield* printError(process, `Server listening on 0.0.0.0 port ${port}.\n`);
    } catch (error) {
      yield* printError(process, `error: Bind to port ${port} on 0.0.0.0 failed: ${errnoOf(error).message}.\n`);
    }
  }
  if (listeners.length === 0) {
    yield* printError(process, 'fatal: Cannot bind any address.\n');
    return 255;
  }
  return yield* acceptSessions(process, listeners, text);
});
