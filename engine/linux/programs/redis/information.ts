import { REDIS_VERSION } from './config.ts';
import { replicaName, replicasOf } from './replicas.ts';
import type { RedisServer } from './server.ts';

/** INFO: sections of `name:value`. */
export function information(server: RedisServer, wanted: readonly string[]): string {
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  const every = names.size === 0 || ['all', 'everything', 'default'].some((name) => names.has(name));
  const sections = Object.entries(sectionsOf(server)).filter(([name]) => every || names.has(name.toLowerCase()));
  return sections
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key}:${value}\r\n`);
      return `# ${name}\r\n${lines.join('')}`;
    })
    .join('\r\n');
}

function sectionsOf(server: RedisServer): Readonly<Record<string, Readonly<Record<string, string | number>>>> {
  const uptime = Math.floor((server.process.now() - server.startedMs) / 1000);
  const used = server.usedMemory();
  const human = (bytes: number) => (bytes === 0 ? '0B' : `${(bytes / 1024 ** 2).toFixed(2)}M`);
  const limit = Number(server.setting('maxmemory')) || 0;
  const databases = server.databases.flatMap((keys, index) => {
    const all = keys.keys();
    const ending = all.filter((key) => keys.expiry(key) !== undefined).length;
    return all.length === 0 ? [] : [[`db${index}`, `keys=${all.length},expires=${ending},avg_ttl=0`] as const];
  });
  return {
    Server: {
      redis_version: REDIS_VERSION,
      redis_mode: 'standalone',
      os: 'Linux x86_64',
      process_id: server.process.pid,
      tcp_port: server.setting('port'),
      uptime_in_seconds: uptime,
      uptime_in_days: Math.floor(uptime / 86_400),
      executable: '/data/redis-server',
    },
    Clients: {
      connected_clients: server.clients.size,
      maxclients: server.setting('maxclients'),
      blocked_clients: [...server.clients.values()].filter(({ blocked }) => blocked !== undefined).length,
    },
    Memory: {
      used_memory: used,
      used_memory_human: human(used),
      maxmemory: limit,
      maxmemory_human: human(limit),
      maxmemory_policy: server.setting('maxmemory-policy'),
    },
    Persistence: {
      loading: 0,
      rdb_changes_since_last_save: server.changes,
      rdb_bgsave_in_progress: server.savingPid === undefined ? 0 : 1,
      rdb_last_save_time: Math.floor(server.lastSaveMs / 1000),
      rdb_last_bgsave_status: 'ok',
      aof_enabled: server.setting('appendonly') === 'yes' ? 1 : 0,
    },
    Stats: {
      total_connections_received: server.connections,
      total_commands_processed: server.commands,
      expired_keys: server.databases.reduce((sum, keys) => sum + keys.expired, 0),
    },
    Replication: replication(server),
    Keyspace: Object.fromEntries(databases),
  };
}

function replication(server: RedisServer): Readonly<Record<string, string | number>> {
  const { primary, replicationId, offset } = server;
  const replicas = replicasOf(server).map(replicaName);
  const link = primary && {
    master_host: primary.host,
    master_port: primary.port,
    master_link_status: primary.isUp ? 'up' : 'down',
    slave_read_only: 1,
  };
  return {
    role: primary === undefined ? 'master' : 'slave',
    ...link,
    connected_slaves: replicas.length,
    ...Object.fromEntries(
      replicas.map((name, at) => {
        const [ip, port] = name.split(':');
        return [`slave${at}`, `ip=${ip},port=${port},state=online,offset=${offset},lag=0`] as const;
      }),
    ),
    master_replid: replicationId,
    master_repl_offset: offset,
  };
}
