import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { keptValue, problemWith, REDIS_VERSION } from './config.ts';
import { information } from './information.ts';
import { globExpression, integerOf } from './keyspace.ts';
import { publish, subscribe, unsubscribe } from './publish.ts';
import { replconf, replicaName, replicasOf, synchronise } from './replicas.ts';
import { CommandError, OK, type Reply, syntaxError } from './reply.ts';
import { type Client, type RedisServer, readPrimary } from './server.ts';
import { fingerprint, leaveTransaction } from './transaction.ts';

/** A command about the connection or the server. Undefined when it has sent its answers itself. */
export interface ConnectionCommand {
  readonly arity: number;
  run(server: RedisServer, client: Client, args: readonly string[]): Task<Reply | undefined>;
}

type Answer = (server: RedisServer, client: Client, args: readonly string[]) => Reply;

const simple = (arity: number, answer: Answer): ConnectionCommand => ({
  arity,
  *run(server, client, args) {
    return answer(server, client, args);
  },
});

function logIn(server: RedisServer, client: Client, args: readonly string[]): Reply {
  const password = server.setting('requirepass');
  const [user, given] = args.length > 1 ? [args[0], args[1]] : ['default', args[0]];
  if (password === '' && args.length === 1)
    throw new CommandError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  if (user !== 'default' || (password !== '' && given !== password))
    throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
  client.authenticated = true;
  return OK;
}

function hello(server: RedisServer, client: Client, args: readonly string[]): Reply {
  const [version, ...rest] = args;
  if (version !== undefined && version !== '2' && version !== '3')
    throw new CommandError(
      /^\d+$/.test(version)
        ? 'NOPROTO unsupported protocol version'
        : 'ERR Protocol version is not an integer or out of range',
    );
  const at = rest.findIndex((word) => word.toUpperCase() === 'AUTH');
  if (at >= 0) logIn(server, client, rest.slice(at + 1, at + 3));
  if (!client.authenticated)
    throw new CommandError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  if (version !== undefined) client.protocol = version === '3' ? 3 : 2;
  return {
    pairs: [
      ['server', 'redis'],
      ['version', REDIS_VERSION],
      ['proto', client.protocol],
      ['id', client.id],
      ['mode', 'standalone'],
      ['role', server.primary === undefined ? 'master' : 'replica'],
      ['modules', []],
    ],
  };
}

function* config(server: RedisServer, _: Client, [verb = '', ...args]: readonly string[]): Task<Reply> {
  switch (verb.toLowerCase()) {
    case 'get': {
      const patterns = args.map((pattern) => globExpression(pattern.toLowerCase()));
      return { pairs: [...server.config].filter(([name]) => patterns.some((pattern) => pattern.test(name))) };
    }
    case 'set': {
      for (let at = 0; at < args.length; at += 2) {
        const [name, value] = [args[at]!.toLowerCase(), args[at + 1]];
        if (value === undefined) throw new CommandError("ERR wrong number of arguments for 'config|set' command");
        if (!server.config.has(name))
          throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${args[at]}'`);
        const problem = ['port', 'databases', 'daemonize', 'logfile'].includes(name)
          ? "can't set immutable config"
          : problemWith(name, value);
        if (problem !== undefined)
          throw new CommandError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${problem}`);
        server.config.set(name, keptValue(name, value));
        if (name === 'appendonly' && value === 'yes') rewrite(server);
      }
      return OK;
    }
    case 'resetstat':
      server.commands = 0;
      return OK;
    case 'rewrite':
      throw new CommandError('ERR The server is running without a config file');
    default:
      throw new CommandError(`ERR unknown subcommand '${verb}'. Try CONFIG HELP.`);
  }
}

function rewrite(server: RedisServer): void {
  try {
    server.rewriteAppendFile();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`ERR ${error.message}`);
  }
}

function clientCommand(server: RedisServer, client: Client, [verb = '', first = '']: readonly string[]): Reply {
  const describe = ({ id, address, name, database }: Client) =>
    `id=${id} addr=${address} name=${name} db=${database} cmd=client\n`;
  switch (verb.toLowerCase()) {
    case 'id':
      return client.id;
    case 'getname':
      return client.name === '' ? null : client.name;
    case 'setname':
      client.name = first;
      return OK;
    case 'setinfo':
    case 'no-evict':
      return OK;
    case 'list':
      return [...server.clients.values()].map(describe).join('');
    case 'info':
      return describe(client);
    default:
      throw new CommandError(`ERR unknown subcommand '${verb}'. Try CLIENT HELP.`);
  }
}

function select(server: RedisServer, client: Client, [index = '']: readonly string[]): Reply {
  const database = integerOf(index);
  if (server.databases[database] === undefined) throw new CommandError('ERR DB index is out of range');
  client.database = database;
  return OK;
}

function multi(_: RedisServer, client: Client): Reply {
  if (client.queue !== undefined) throw new CommandError('ERR MULTI calls can not be nested');
  client.queue = [];
  return OK;
}

function watch(server: RedisServer, client: Client, keys: readonly string[]): Reply {
  if (client.queue !== undefined) throw new CommandError('ERR WATCH inside MULTI is not allowed');
  for (const key of keys) {
    const name = `${client.database} ${key}`;
    client.watched.set(name, fingerprint(server, name));
  }
  return OK;
}

/** REPLICAOF: the server's loop notices. */
function* follow(server: RedisServer, _: Client, [host = '', port = '']: readonly string[]): Task<Reply> {
  if (/^no$/i.test(host) && /^one$/i.test(port)) {
    if (server.primary !== undefined) yield* server.log('*', 'MASTER MODE enabled (user request)');
    server.primary = undefined;
    return OK;
  }
  integerOf(port);
  server.primary = readPrimary(`${host} ${port}`);
  yield* server.log('*', `REPLICAOF ${host}:${port} enabled (user request)`, 'S');
  return OK;
}

function role(server: RedisServer): Reply {
  const { primary, offset } = server;
  if (primary !== undefined)
    return ['slave', primary.host, primary.port, primary.isUp ? 'connected' : 'connect', offset];
  return ['master', offset, replicasOf(server).map((client) => [...replicaName(client).split(':'), String(offset)])];
}

function ping(_: RedisServer, client: Client, args: readonly string[]): Reply {
  if (args.length > 1) throw new CommandError("ERR wrong number of arguments for 'ping' command");
  if (client.channels.size + client.patterns.size > 0 && client.protocol === 2) return ['pong', args[0] ?? ''];
  return args[0] ?? { status: 'PONG' };
}

export const CONNECTION_COMMANDS: Readonly<Record<string, ConnectionCommand>> = {
  auth: simple(-2, logIn),
  hello: simple(-1, hello),
  ping: simple(-1, ping),
  echo: simple(2, (_, _client, [text = '']) => text),
  select: simple(2, select),
  quit: simple(-1, (_, client) => {
    client.closing = true;
    return OK;
  }),
  client: simple(-2, clientCommand),
  command: simple(-1, () => []),
  config: { arity: -2, run: config },
  multi: simple(1, multi),
  // What it does is where commands are carried out; here it has a name.
  exec: simple(1, () => null),
  discard: simple(1, (_, client) => {
    if (client.queue === undefined) throw new CommandError('ERR DISCARD without MULTI');
    leaveTransaction(client);
    return OK;
  }),
  watch: simple(-2, watch),
  unwatch: simple(1, (_, client) => {
    client.watched = new Map();
    return OK;
  }),
  publish: { arity: 3, run: (server, _, [channel = '', text = '']) => publish(server, channel, text) },
  subscribe: { arity: -2, run: (server, client, names) => subscribe(server, client, names, 'channels') },
  psubscribe: { arity: -2, run: (server, client, names) => subscribe(server, client, names, 'patterns') },
  unsubscribe: { arity: -1, run: (server, client, names) => unsubscribe(server, client, names, 'channels') },
  punsubscribe: { arity: -1, run: (server, client, names) => unsubscribe(server, client, names, 'patterns') },
  info: simple(-1, (server, _, sections) => information(server, sections)),
  time: simple(1, ({ process }) => [String(Math.floor(process.now() / 1000)), '0']),
  psync: { arity: 3, run: (server, client) => synchronise(server, client) },
  replconf: simple(-1, (_, client, args) => replconf(client, args)),
  replicaof: { arity: 3, run: follow },
  slaveof: { arity: 3, run: follow },
  role: simple(1, role),
  lastsave: simple(1, ({ lastSaveMs }) => Math.floor(lastSaveMs / 1000)),
  flushall: simple(-1, (server) => {
    for (const keys of server.databases) keys.clear();
    server.changed(0, ['FLUSHDB']);
    return OK;
  }),
  save: {
    arity: 1,
    *run(server) {
      if (!(yield* server.save())) throw new CommandError('ERR');
      return OK;
    },
  },
  bgsave: {
    arity: -1,
    *run(server) {
      if (server.savingPid !== undefined) throw new CommandError('ERR Background save already in progress');
      yield* server.saveInBackground();
      return { status: 'Background saving started' };
    },
  },
  bgrewriteaof: simple(1, (server) => {
    rewrite(server);
    return { status: 'Background append only file rewriting started' };
  }),
  shutdown: simple(-1, (server, client, [how = '']) => {
    if (how !== '' && !/^(no)?save$/i.test(how)) throw syntaxError();
    const save = how === '' ? server.saveRules.length > 0 : how.toLowerCase() === 'save';
    server.stopping = save ? 'save' : 'nosave';
    client.closing = true;
    return OK;
  }),
};
