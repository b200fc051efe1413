import { expect, test } from 'vitest';
import { type TestMachine, testMachine } from '../../kernel/test-machine.ts';
import { mount } from '../mount-programs.ts';
import { nfsd } from './nfsd.ts';

function machines() {
  const server = testMachine({ name: 'files' });
  const client = testMachine({ fabric: server.fabric, name: 'client', address: '10.0.0.2' });
  const serve = () => server.host.spawn({ run: nfsd, argv: ['nfsd', '/srv'] });
  return { server, client, serve };
}

const mountAt = ({ start, sim }: TestMachine, source: string, limitMs = 1000) => {
  const outcome = start(mount('gnu'), { argv: ['mount', '-t', 'nfs', source, '/root'] });
  sim.runFor(limitMs);
  return outcome;
};

test('what one machine exports another mounts; both see the same files', () => {
  const { server, client, serve } = machines();
  serve();
  expect(mountAt(client, '10.0.0.1:/')).toMatchObject({ status: { code: 0 }, stderr: '' });
  client.host.root.writeFile('/root/note', 'hello');
  expect(new TextDecoder().decode(server.host.root.readFile('/srv/note'))).toBe('hello');
  const mounts = new TextDecoder().decode(client.host.root.readFile('/proc/mounts'));
  expect(mounts).toContain('10.0.0.1:/ /root nfs4 rw,relatime,vers=4.2,soft,proto=tcp 0 0\n');
});

test('files are out of reach while the server is, and there again afterwards', () => {
  const { server, client, serve } = machines();
  const process = serve();
  mountAt(client, '10.0.0.1:/srv');
  client.host.root.writeFile('/root/note', 'hello');
  server.host.kill(process.hostPid, 'KILL');
  server.sim.runFor(10);
  expect(() => client.host.root.readFile('/root/note')).toThrow('Input/output error');
  expect(() => client.host.root.readdir('/root')).toThrow('Input/output error');
  serve();
  server.sim.runFor(10);
  expect(client.host.root.readdir('/root').map(({ name }) => name)).toEqual(['note']);
  client.host.root.unmount('/root');
  expect(client.host.root.readdir('/root')).toEqual([]);
});

test('mount.nfs says why it cannot', () => {
  const { server, client, serve } = machines();
  expect(mountAt(client, 'nowhere:/').stderr).toBe(
    'mount.nfs: Failed to resolve server nowhere: Name or service not known\n',
  );
  expect(mountAt(client, '10.0.0.1:/', 60_000).status).toBeUndefined();
  expect(mountAt(client, '10.0.0.1:/', 130_000).stderr).toBe('mount.nfs: Connection refused\n');
  serve();
  expect(mountAt(client, '10.0.0.1:/gone').stderr).toBe(
    'mount.nfs: mounting 10.0.0.1:/gone failed, reason given by server: No such file or directory\n',
  );
  server.host.root.symlink('/etc', '/srv/etc');
  expect(mountAt(client, '10.0.0.1:/etc')).toMatchObject({
    stderr: 'mount.nfs: access denied by server while mounting 10.0.0.1:/etc\n',
    status: { code: 32 },
  });
});
