import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { zookeeperFiles } from './files.ts';

const SERVER = 'java org.apache.zookeeper.server.quorum.QuorumPeerMain';
const IDS = [1, 2, 3];

/** Three servers on one machine, each with ports of its own. */
function ensemble() {
  const servers = IDS.map((id) => `server.${id}=localhost:288${id}:388${id}`).join('\n');
  const files = IDS.flatMap((id) => [
    [`/zk${id}/myid`, { text: `${id}\n` }] as const,
    [
      `/zk${id}/zoo.cfg`,
      { text: `clientPort=218${id}\ndataDir=/zk${id}\ntickTime=1000\ninitLimit=5\nsyncLimit=3\n${servers}\n` },
    ] as const,
  ]);
  const shell = testShell('bash', { ...zookeeperFiles(allPrograms), ...Object.fromEntries(files) });
  const start = (id: number) =>
    shell.sh(`${SERVER} /zk${id}/zoo.cfg >> /zk${id}/log 2>&1 & echo $! > /zk${id}/pid; sleep 2`);
  const stop = (id: number) => shell.sh(`kill $(cat /zk${id}/pid); sleep 5`);
  const cli = (id: number, command: string) => shell.sh(`zkCli.sh -server localhost:218${id} ${command}`);
  const modes = () =>
    IDS.map((id) => shell.sh(`echo srvr | nc localhost 218${id} | sed -n 's/^Mode: //p'`).stdout.trim());
  return { shell, start, stop, cli, modes };
}

test('of three servers one leads; what is written at one is read at the others, and outlives them all', () => {
  const { start, stop, cli, modes } = ensemble();
  for (const id of IDS) start(id);
  expect(modes().toSorted()).toEqual(['follower', 'follower', 'leader']);
  expect(cli(1, 'create /hello world').stdout).toContain('Created /hello\n');
  const { stdout } = cli(3, 'get /hello');
  expect(stdout).toContain('WatchedEvent state:SyncConnected type:None path:null\nworld\ncZxid = 0x100000001\n');
  expect(stdout).toContain('dataVersion = 0\naclVersion = 0\nephemeralOwner = 0x0\ndataLength = 5\nnumChildren = 0\n');
  expect(cli(2, 'create /hello again')).toMatchObject({ stderr: 'Node already exists: /hello\n', exitCode: 1 });
  expect(cli(2, 'set /hello you').stdout).toContain('dataVersion = 1\n');
  for (const id of IDS) stop(id);
  for (const id of IDS) start(id);
  expect(cli(1, 'get /hello').stdout).toContain('\nyou\n');
});

test('two of three go on without the leader; one alone serves nobody, and lives', () => {
  const { shell, start, stop, cli, modes } = ensemble();
  for (const id of IDS) start(id);
  cli(1, 'create /a 1');
  const first = modes().indexOf('leader') + 1;
  stop(first);
  const left = IDS.filter((id) => id !== first);
  expect(modes().filter((mode) => mode === 'leader')).toHaveLength(1);
  expect(cli(left[0]!, 'create /b 2').stdout).toContain('Created /b\n');
  start(first);
  shell.sh('sleep 3');
  expect(cli(first, 'ls /').stdout).toContain('[zookeeper, a, b]\n');
  for (const id of left) stop(id);
  expect(modes()).toEqual(['', '', '']);
  expect(cli(first, 'get /a')).toMatchObject({ exitCode: 1 });
  expect(cli(first, 'get /a').stderr).toContain('KeeperErrorCode = ConnectionLoss for /a\n');
  expect(shell.sh(`echo ruok | nc localhost 218${first}`).stdout).toBe('imok');
});

test('the image writes its configuration from options and the name of the Pod', () => {
  const shell = testShell('bash', {
    ...zookeeperFiles(allPrograms),
    '/etc/hosts': { text: '127.0.0.1 localhost\n10.0.0.1 zk-1.zk-hs zk-1\n' },
  });
  shell.sh('hostname zk-1; start-zookeeper --servers=3 --client_port=2200 > /tmp/log & sleep 1');
  expect(shell.sh('cat /var/lib/zookeeper/data/myid').stdout).toBe('2\n');
  const configuration = shell.sh('cat /opt/zookeeper/conf/zoo.cfg').stdout;
  expect(configuration).toContain('clientPort=2200\ndataDir=/var/lib/zookeeper/data\n');
  expect(configuration).toContain('server.3=zk-2.zk-hs:2888:3888\n');
  expect(shell.sh('zookeeper-ready 2200').exitCode).toBe(0);
  expect(shell.sh('zookeeper-ready 2201').exitCode).toBe(1);
  expect(shell.sh('zkServer.sh status').stdout).toContain('Error contacting service. It is probably not running.\n');
  expect(shell.sh('cat /tmp/log').stdout).toContain('[QuorumPeer[myid=2]/0.0.0.0:2200:QuorumPeer] - LOOKING\n');
});

test('a server that stands alone needs no others; one without an id does not start', () => {
  const shell = testShell('bash', {
    ...zookeeperFiles(allPrograms),
    '/alone.cfg': { text: 'dataDir=/tmp/zk\n' },
    '/bad.cfg': { text: 'dataDir=/tmp/bad\nserver.1=a:1:2\nserver.2=b:1:2\n' },
  });
  shell.sh(`${SERVER} /alone.cfg > /tmp/log & sleep 1`);
  expect(shell.sh("printf 'create /x 1\\nls /x\\nrmr /x\\nget /x\\nfrob\\n' | zkCli.sh")).toMatchObject({
    stdout: 'Connecting to localhost:2181\nWelcome to ZooKeeper!\nCreated /x\n[]\n',
    stderr: expect.stringMatching(/^Node does not exist: \/x\nZooKeeper -server host:port cmd args\n/),
  });
  expect(shell.sh('echo srvr | nc localhost 2181').stdout).toContain('Mode: standalone\n');
  expect(shell.sh(`${SERVER} /bad.cfg`)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('/tmp/bad/myid file is missing'),
  });
});
