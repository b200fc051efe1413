import type { Task } from '../../../sim/index.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { FlagError, type FlagSpecs, parseFlags } from '../go/flags.ts';
import { goProgram } from '../go/runtime.ts';
import type { Command } from './command.ts';
import { connect } from './connect.ts';
import { crdConversionWebhook } from './crd-conversion-webhook.ts';
import { dnsServerList, dnsSuffix, etcHosts } from './dns.ts';
import { entrypointTester } from './entrypoint-tester.ts';
import { fakeGitServer } from './fake-gitserver.ts';
import { grpcHealthChecking } from './grpc-health-checking.ts';
import { guestbook } from './guestbook.ts';
import { inClusterClient } from './inclusterclient.ts';
import { issuerDiscovery } from './issuer-discovery.ts';
import { liveness } from './liveness.ts';
import { logsGenerator } from './logs-generator.ts';
import { mounttest } from './mounttest.ts';
import { netexec } from './netexec.ts';
import { pause } from './pause.ts';
import { portForwardTester } from './port-forward-tester.ts';
import { porter } from './porter.ts';
import { resourceConsumer } from './resource-consumer.ts';
import { serveHostname } from './serve-hostname.ts';
import { testWebserver } from './test-webserver.ts';
import { webhook } from './webhook.ts';

// The image that upstream's end-to-end tests are made of: one binary, a subcommand for each thing that a test needs.
// https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost

const AGNHOST_VERSION = '2.59';

const COMMANDS: Readonly<Record<string, Command>> = {
  connect,
  'crd-conversion-webhook': crdConversionWebhook,
  'dns-server-list': dnsServerList,
  'dns-suffix': dnsSuffix,
  'entrypoint-tester': entrypointTester,
  'etc-hosts': etcHosts,
  'fake-gitserver': fakeGitServer,
  'grpc-health-checking': grpcHealthChecking,
  guestbook,
  inclusterclient: inClusterClient,
  liveness,
  'logs-generator': logsGenerator,
  mounttest,
  netexec,
  pause,
  'port-forward-tester': portForwardTester,
  porter,
  'resource-consumer': resourceConsumer,
  'serve-hostname': serveHostname,
  'test-service-account-issuer-discovery': issuerDiscovery,
  'test-webserver': testWebserver,
  webhook,
};

/** What the real one has as well. */
const LEFT_OUT: readonly string[] = [
  'audit-proxy',
  'fake-registry-server',
  'mtlsclient',
  'mtlsserver',
  'net',
  'nettest',
  'no-snat-test',
  'no-snat-test-proxy',
  'podcertificatesigner',
  'resource-consumer-controller',
  'tcp-reset',
];

/** Flags of klog, which every subcommand takes and which change nothing here. */
const LOGGING: FlagSpecs = Object.fromEntries(
  (
    [
      ['alsologtostderr', 'bool', false],
      ['logtostderr', 'bool', true],
      ['stderrthreshold', 'string', '2'],
      ['v', 'int', 0],
      ['vmodule', 'string', ''],
    ] as const
  ).map(([name, type, value]) => [name, { type, default: value, usage: 'logging' }]),
);

export const agnhost = goProgram(function* (process, argv) {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const command = name === 'help' && rest[0] !== undefined ? commandOf(rest[0]) : undefined;
    yield* print(process, command === undefined ? help() : `${command.short}\n\n${usage(command)}`);
    return 0;
  }
  if (name === '--version' || name === '-v') {
    yield* print(process, `app version ${AGNHOST_VERSION}\n`);
    return 0;
  }
  const command = commandOf(name);
  if (command === undefined) return yield* unknown(process, name);
  try {
    const flags = command.rawArgs
      ? parseFlags(['--', ...rest], {})
      : parseFlags(rest, { ...LOGGING, help: HELP, ...command.flags });
    if (!command.rawArgs && flags.bool('help')) {
      yield* print(process, `${command.short}\n\n${usage(command)}`);
      return 0;
    }
    if (command.args !== undefined && flags.args.length !== command.args)
      throw new FlagError(
        command.args === 0
          ? `unknown command ${JSON.stringify(flags.args[0])} for "app ${name}"`
          : `accepts ${command.args} arg(s), received ${flags.args.length}`,
      );
    return yield* command.run(process, flags);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    yield* printError(process, `Error: ${error.message}\n${usage(command)}\n`);
    return 1;
  }
});

const HELP = { type: 'bool', default: false, short: 'h', usage: 'help' } as const;

function commandOf(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function* unknown(process: Process, name: string): Task<number> {
  const message = LEFT_OUT.includes(name)
    ? `Error: the subcommand "${name}" of agnhost is not part of this simulation\n`
    : `Error: unknown command ${JSON.stringify(name)} for "app"\nRun 'app --help' for usage.\n`;
  yield* printError(process, message);
  return 1;
}

function help(): string {
  const rows = Object.entries(COMMANDS).map(([name, { short }]) => `  ${name.padEnd(22)}${short}\n`);
  return `Usage:\n  app [command]\n\nAvailable Commands:\n${rows.join('')}\nUse "app [command] --help" for more information about a command.\n`;
}

function usage(command: Command): string {
  const rows = Object.entries(command.flags ?? {}).map(([name, { short, type, usage: text }]) => {
    const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${type === 'bool' ? '' : ` ${type}`}`;
    return `  ${flag.padEnd(34)}${text}\n`;
  });
  return `Usage:\n  app ${command.use} [flags]\n${rows.length === 0 ? '' : `\nFlags:\n${rows.join('')}`}`;
}
