import type { Cursor } from './cursor.ts';
import { DONE, type Result } from './result.ts';
import { requireAll, type Session } from './session.ts';
import { SqlError, unsupported } from './sql-error.ts';

/** `CHANGE MASTER TO`, `START SLAVE` and their like, by their old names and their new ones. */
export function replicationStatement(session: Session, cursor: Cursor): Result {
  const verb = cursor.next().text.toUpperCase();
  if (verb === 'START' && cursor.take('TRANSACTION')) return DONE;
  requireAll(session, 'REPLICATION_SLAVE_ADMIN');
  const { replica } = session.server;
  if (verb === 'CHANGE') {
    if (!cursor.take('MASTER')) cursor.expect('REPLICATION', 'SOURCE');
    cursor.expect('TO');
    change(session, cursor);
    return DONE;
  }
  if (!cursor.take('SLAVE') && !cursor.take('REPLICA')) throw unsupported(`${verb} ${cursor.token.text.toUpperCase()}`);
  cursor.take('ALL');
  cursor.end();
  if (verb === 'RESET') replica.keep(undefined);
  if (verb === 'START' && replica.source === undefined) {
    const how = 'fix in config file or with CHANGE MASTER TO';
    throw new SqlError(1200, 'HY000', `The server is not configured as slave; ${how}`);
  }
  replica.isRunning = verb === 'START';
  return DONE;
}

function change({ server: { replica } }: Session, cursor: Cursor): void {
  const given = new Map<string, string>();
  cursor.list(() => {
    const name = cursor
      .name()
      .toUpperCase()
      .replace(/^(MASTER|SOURCE)_/, '');
    cursor.expect('=');
    given.set(name, cursor.next().text);
  });
  cursor.end();
  const { source } = replica;
  replica.keep({
    host: given.get('HOST') ?? source?.host ?? '',
    port: Number(given.get('PORT') ?? source?.port ?? 3306),
    user: given.get('USER') ?? source?.user ?? '',
    password: given.get('PASSWORD') ?? source?.password ?? '',
    retrySeconds: Number(given.get('CONNECT_RETRY') ?? source?.retrySeconds ?? 60),
    file: given.get('LOG_FILE') ?? source?.file ?? 'mysql-bin.000001',
    position: Number(given.get('LOG_POS') ?? source?.position ?? 4),
  });
}
