import { expect, test } from 'vitest';
import type { NodeApi } from '../../api/node-api.ts';
import type { SessionSink } from '../../api/request.ts';
import { POD } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';

// cp packs with tar on one side and unpacks with tar on the other; here both tars are stand-ins.

interface Ran {
  readonly command: readonly string[];
  stdin: string;
}

/** A Pod in which commands print and end as the test says. */
function withPod(ends: (command: readonly string[]) => { readonly stdout?: string; readonly exitCode: number }) {
  const ran: Ran[] = [];
  const exec: NodeApi['exec'] = (_pod, _container, { command }) => {
    const one: Ran = { command, stdin: '' };
    ran.push(one);
    return (sink: SessionSink) => {
      const finish = () => {
        const { stdout = '', exitCode } = ends(command);
        if (stdout !== '') sink.stdout(new TextEncoder().encode(stdout));
        sink.exit({ exitCode });
      };
      if (command[0] === 'test' || command.includes('cf')) finish();
      return {
        stdin: (chunk: Uint8Array) => {
          one.stdin += new TextDecoder().decode(chunk);
        },
        closeStdin: finish,
        resize: () => {},
        close: () => {},
      };
    };
  };
  const workstation = new Workstation(() => ({ exec }) as unknown as NodeApi);
  workstation.run('apply -f -', { stdin: POD });
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
  const path = '/api/v1/namespaces/default/pods/web';
  workstation.api('POST', `${path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target });
  workstation.api('PATCH', `${path}/status`, { status: { phase: 'Running' } });
  return { workstation, ran };
}

test('a file goes into the container as an archive that bears its new name', () => {
  const { workstation, ran } = withPod((command) => ({ exitCode: command[0] === 'test' ? 1 : 0 }));
  workstation.write('notes', 'text');
  const packed: (readonly string[])[] = [];
  const spawned = (argv: readonly string[]) => {
    packed.push(argv);
    if (argv[0] === 'tar') workstation.write(argv[2]!, 'the archive');
    return 0;
  };
  const { exitCode, stderr } = workstation.run('cp notes web:/tmp/kept -c side', { spawned });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(packed.find(([program]) => program === 'tar')?.slice(-1)).toEqual(['kept']);
  expect(ran.at(-1)).toEqual({ command: ['tar', '-xmf', '-', '-C', '/tmp'], stdin: 'the archive' });
});

test('into a directory that exists a file goes under its own name, without owners when told', () => {
  const { workstation, ran } = withPod(() => ({ exitCode: 0 }));
  workstation.write('notes', 'text');
  const spawned = (argv: readonly string[]) => {
    if (argv[0] === 'tar') workstation.write(argv[2]!, argv.at(-1)!);
    return 0;
  };
  workstation.run('cp notes web:/tmp -c side --no-preserve', { spawned });
  const command = ['tar', '--no-same-permissions', '--no-same-owner', '-xmf', '-', '-C', '/tmp'];
  expect(ran.at(-1)).toEqual({ command, stdin: 'notes' });
});

test('what cannot be packed is said, and nothing is written', () => {
  const { workstation } = withPod(() => ({ exitCode: 2 }));
  const failed = workstation.run('cp web:/nowhere here -c side', { spawned: () => 0 });
  expect(failed).toEqual({ stdout: '', stderr: 'command terminated with exit code 2\n', exitCode: 2 });
  expect(workstation.files.has('/root/here')).toBe(false);
});

test.each([
  ['cp one', 'error: source and destination are required'],
  ['cp a b', 'error: one of src or dest must be a remote file specification'],
  ['cp web:/a web:/b', 'error: one of src or dest must be a local file specification'],
  ['cp :/a b', 'error: filespec must match the canonical format: [[namespace/]pod:]file/path'],
  ['cp nowhere web:/tmp', "error: nowhere doesn't exist in local filesystem"],
  ['cp web:/tmp/x here -c nonesuch', 'error: container nonesuch not found in pod web'],
  ['cp nobody:/tmp/x here', 'Error from server (NotFound): pods "nobody" not found'],
])('kubectl %s', (line, message) => {
  const { workstation } = withPod(() => ({ exitCode: 0 }));
  expect(workstation.run(line, { spawned: () => 0 })).toEqual({ stdout: '', stderr: `${message}\n`, exitCode: 1 });
});
