import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { mysqlFiles, xtrabackupFiles } from './files.ts';

const PATH = 'export PATH=/usr/local/bin:/usr/sbin:$PATH;';

/** A machine with MySQL's image on it, and a server that its entry point has prepared. */
function started(environment = 'MYSQL_ROOT_PASSWORD=secret') {
  const shell = testShell('bash', {
    ...mysqlFiles(allPrograms),
    ...xtrabackupFiles(allPrograms),
    '/etc/mysql/conf.d/own.cnf': { text: '# Ours\n[client]\nport=1\n[mysqld]\nserver_id=7\nlog-bin\n' },
    '/docker-entrypoint-initdb.d/first.sql': { text: 'CREATE DATABASE first; -- before anybody comes\n' },
  });
  shell.sh(`${PATH} ${environment} docker-entrypoint.sh mysqld > /tmp/log 2>&1 & sleep 3`);
  const sql = (statement: string, options = '') =>
    shell.run(['bash', '-c', `MYSQL_PWD=secret mysql ${options} -e "$0"`, statement]);
  const shown = (statement: string, options = '') => {
    const { stdout, stderr } = sql(statement, options);
    return stdout + stderr;
  };
  return { shell, sql, shown };
}

const FRUIT = `CREATE DATABASE shop; USE shop;
CREATE TABLE fruit (id INT NOT NULL AUTO_INCREMENT, name VARCHAR(6) NOT NULL UNIQUE, price DECIMAL(6,2) DEFAULT 1.5, PRIMARY KEY (id));
INSERT INTO fruit (name) VALUES ('apple'), ('pear'); INSERT INTO fruit VALUES (DEFAULT, 'it''s', NULL);`;

test('tables are made, filled, asked and changed', () => {
  const { shown } = started();
  expect(shown(FRUIT)).toBe('');
  const ask = (statement: string) => shown(statement, '-N shop');
  expect(shown('SELECT * FROM fruit', 'shop')).toBe("id\tname\tprice\n1\tapple\t1.5\n2\tpear\t1.5\n3\tit's\tNULL\n");
  expect(ask("SELECT name FROM fruit WHERE price > 1 AND NOT name LIKE 'a%'")).toBe('pear\n');
  expect(ask('SELECT id, price*2 AS twice FROM fruit WHERE price IS NOT NULL ORDER BY id DESC LIMIT 1')).toBe('2\t3\n');
  expect(shown('SELECT COUNT(*), MAX(name) FROM fruit', 'shop')).toBe('COUNT(*)\tMAX(name)\n3\tpear\n');
  expect(ask("UPDATE fruit SET price = price + 1 WHERE id IN (1, 3); DELETE FROM fruit WHERE name = 'PEAR'")).toBe('');
  expect(ask('SELECT id, price FROM fruit')).toBe('1\t2.5\n3\tNULL\n');
  expect(ask("REPLACE INTO fruit VALUES (3, 'fig', 4); SELECT name FROM fruit")).toBe('apple\nfig\n');
  expect(ask('DESCRIBE fruit')).toContain('name\tvarchar(6)\tNO\tUNI\tNULL\t\n');
  expect(ask('SHOW TABLES; DROP TABLE fruit; SHOW TABLES')).toBe('fruit\n');
});

test.each([
  ['SELEC 1', /^ERROR 1064 \(42000\) at line 1: You have an error in your SQL syntax; .* near 'SELEC 1' at line 1\n$/],
  ['SELECT 1;\nSELECT FROM x', /^1\n1\nERROR 1064 .* at line 2: .* near 'FROM x' at line 1\n$/],
  ['USE nowhere', /^ERROR 1049 \(42000\) at line 1: Unknown database 'nowhere'\n$/],
  ['SELECT * FROM t', /1046 \(3D000\) at line 1: No database selected/],
  ['SELECT * FROM shop.t', /1146 \(42S02\) at line 1: Table 'shop.t' doesn't exist/],
  ['SELECT colour FROM shop.fruit', /1054 \(42S22\) at line 1: Unknown column 'colour' in 'field list'/],
  ['SELECT 1 FROM shop.fruit WHERE colour = 1', /Unknown column 'colour' in 'where clause'/],
  ["INSERT INTO shop.fruit (name) VALUES ('apple')", /1062 \(23000\) .*Duplicate entry 'apple' for key 'fruit.name'/],
  ["INSERT INTO shop.fruit (name) VALUES ('pineapple')", /1406 \(22001\) .*Data too long for column 'name' at row 1/],
  ['INSERT INTO shop.fruit (price) VALUES (1)', /1364 \(HY000\) .*Field 'name' doesn't have a default value/],
  ['INSERT INTO shop.fruit VALUES (1)', /1136 \(21S01\) .*Column count doesn't match value count at row 1/],
  ['SELECT * FROM shop.fruit JOIN x', /1235 \(42000\) .*This version of MySQL doesn't yet support 'JOIN'/],
  ['CREATE DATABASE shop', /1007 \(HY000\) .*Can't create database 'shop'; database exists/],
  ['SELECT @@nothing', /1193 \(HY000\) .*Unknown system variable 'nothing'/],
  ['START SLAVE', /1200 \(HY000\) .*The server is not configured as slave/],
])('%s is refused', (statement, words) => {
  const { shown } = started();
  shown(FRUIT);
  expect(shown(statement)).toMatch(words);
});

test('what was written outlives the server', () => {
  const { shell, shown } = started();
  shown(FRUIT);
  shell.sh(`pkill mysqld; sleep 1; ${PATH} docker-entrypoint.sh mysqld > /tmp/again 2>&1 & sleep 3`);
  expect(shown('SELECT COUNT(*), @@server_id FROM shop.fruit', '-N')).toBe('3\t7\n');
  expect(shell.sh('cat /tmp/again').stdout).not.toContain('Initializing');
  expect(shell.sh('cat /tmp/log').stdout).toContain('Received SHUTDOWN from user <via user signal>.');
});

test('an entry point without a password ends, and one with users makes them', () => {
  expect(started('X=1').shell.sh('cat /tmp/log').stdout).toContain(
    'Database is uninitialized and password option is not specified\n    You need to specify one of the following',
  );
  const { shell, shown } = started('MYSQL_ROOT_PASSWORD=secret MYSQL_DATABASE=blog MYSQL_USER=ann MYSQL_PASSWORD=pw');
  const ann = (statement: string, password = 'pw') => shell.sh(`mysql -u ann -p${password} -N -e '${statement}'`);
  expect(ann('SHOW DATABASES')).toMatchObject({
    stdout: 'blog\ninformation_schema\n',
    stderr: 'mysql: [Warning] Using a password on the command line interface can be insecure.\n',
  });
  expect(ann('USE mysql').stderr).toContain(
    "1044 (42000) at line 1: Access denied for user 'ann'@'localhost' to database",
  );
  expect(ann('SELECT 1', 'no').stderr).toContain(
    "ERROR 1045 (28000): Access denied for user 'ann'@'localhost' (using password: YES)\n",
  );
  expect(shown('SHOW DATABASES', '-N')).toContain('first\n');
});

test('the client says why it finds no server; mysqladmin asks whether it lives', () => {
  const { shell } = started();
  expect(shell.sh('mysqladmin ping')).toMatchObject({ stdout: 'mysqld is alive\n', exitCode: 0 });
  expect(shell.sh('mysqladmin -psecret shutdown; sleep 1; mysqladmin ping').stderr).toContain(
    "error: 'Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock'",
  );
  expect(shell.sh('mysql -h 127.0.0.1').stderr).toBe(
    "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3306' (111)\n",
  );
  expect(shell.sh('mysql -h nobody').stderr).toBe("ERROR 2005 (HY000): Unknown MySQL server host 'nobody' (-2)\n");
});

test('a backup has every table, and the place in the log from which to follow', () => {
  const { shell, shown } = started();
  shown(FRUIT);
  shell.sh('mkdir /tmp/copy');
  const backup = 'xtrabackup --backup --stream=xbstream --host=127.0.0.1 --user=root';
  expect(shell.sh(`${backup} --password=no > /dev/null`).stderr).toContain("Access denied for user 'root'@'localhost'");
  expect(shell.sh(`${backup} --password=secret | xbstream -x -C /tmp/copy`).stderr).toContain('completed OK!\n');
  expect(shell.sh('cd /tmp/copy; ls shop mysql; cat xtrabackup_binlog_info').stdout).toMatch(
    /^mysql:\ndb.ibd\nuser.ibd\n\nshop:\nfruit.ibd\nmysql-bin.000001\t\d+\n$/,
  );
});
