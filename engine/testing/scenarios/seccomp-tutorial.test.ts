import { beforeAll, expect, test } from 'vitest';
import type { Service } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tutorials/security/seccomp/, on machines where the page has a node made by kind: its profiles go
// onto the node by ssh, and what it looks for in /var/log/syslog is in the journal.

let bed: Testbed;

const FINE_GRAINED = {
  defaultAction: 'SCMP_ACT_ERRNO',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  syscalls: [
    {
      names: (
        'accept4 epoll_wait pselect6 futex madvise epoll_ctl getsockname setsockopt vfork mmap read write close arch_prctl ' +
        'sched_getaffinity munmap brk rt_sigaction rt_sigprocmask sigaltstack gettid clone bind socket openat readlinkat ' +
        'exit_group epoll_create1 listen rt_sigreturn sched_yield clock_gettime connect dup2 epoll_pwait execve exit fcntl ' +
        'getpid getuid ioctl mprotect nanosleep open poll recvfrom sendto set_tid_address setitimer writev fstatfs ' +
        'getdents64 pipe2 getrlimit'
      ).split(' '),
      action: 'SCMP_ACT_ALLOW',
    },
  ],
};

const PROFILES = {
  'audit.json': { defaultAction: 'SCMP_ACT_LOG' },
  'violation.json': { defaultAction: 'SCMP_ACT_ERRNO' },
  'fine-grained.json': FINE_GRAINED,
};

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
  for (const [name, profile] of Object.entries(PROFILES)) {
    bed.cluster.submit({ kind: 'file.write', path: `profiles/${name}`, text: JSON.stringify(profile, undefined, 2) });
  }
  const copied = bed.sh(
    'ssh node-1 mkdir -p /var/lib/kubelet/seccomp && scp -r profiles node-1:/var/lib/kubelet/seccomp/',
  );
  expect(copied).toMatchObject({ exitCode: 0 });
  expect(bed.sh('ssh node-1 ls /var/lib/kubelet/seccomp/profiles').stdout).toBe(
    'audit.json\nfine-grained.json\nviolation.json\n',
  );
});

function pod(name: string, profile: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  securityContext:
    seccompProfile: ${profile}
  containers:
  - name: test-container
    image: hashicorp/http-echo:1.0
    args: ["-text=just made some syscalls!"]
    securityContext: {allowPrivilegeEscalation: false}
`;
}

/** Asks the Pod from outside, through a Service of its own. */
function ask(name: string): string {
  bed.kubectl('expose', 'pod', name, '--type', 'NodePort', '--port', '5678');
  const service: Service = JSON.parse(bed.kubectl('get', 'service', name, '-o', 'json'));
  bed.pass(2);
  return bed.sh(`curl -s node-1:${service.spec.ports![0]!.nodePort}`).stdout;
}

const kernelLines = () => bed.run('node-1', 'bash', '-c', "journalctl -k | grep 'http-echo'").stdout;

test('a Pod with the profile of the container runtime', () => {
  bed.apply(pod('default-pod', '{type: RuntimeDefault}'));
  bed.untilReady('default-pod');
  expect(ask('default-pod')).toBe('just made some syscalls!\n');
  expect(kernelLines()).toBe('');
});

test('a Pod whose system calls are logged', () => {
  bed.apply(pod('audit-pod', '{type: Localhost, localhostProfile: profiles/audit.json}'));
  bed.untilReady('audit-pod');
  bed.pass(10);
  expect(ask('audit-pod')).toBe('just made some syscalls!\n');
  expect(kernelLines()).toMatch(
    /^\w{3} \d\d \d\d:\d\d:\d\d node-1 kernel: audit: type=1326 audit\(\d+\.\d{3}:\d+\): auid=4294967295 uid=\d+ gid=\d+ ses=4294967295 subj=\S+ pid=\d+ comm="http-echo" exe="\/http-echo" sig=0 arch=c000003e syscall=\d+ compat=0 ip=0x\w+ code=0x7ffc0000$/m,
  );
  expect(kernelLines()).toContain('syscall=288 '); // accept4
});

test('a Pod whose profile allows nothing does not start', () => {
  bed.apply(pod('violation-pod', '{type: Localhost, localhostProfile: profiles/violation.json}'));
  bed.until('it has tried twice', () => bed.kubectl('get', 'pod', 'violation-pod').includes('CrashLoopBackOff'));
  expect(bed.kubectl('describe', 'pod', 'violation-pod')).toContain(
    'error during container init: get handle to /proc/thread-self/fd: operation not permitted',
  );
});

test('a Pod whose profile allows what it needs', () => {
  bed.apply(pod('fine-pod', '{type: Localhost, localhostProfile: profiles/fine-grained.json}'));
  bed.untilReady('fine-pod');
  const before = kernelLines();
  expect(ask('fine-pod')).toBe('just made some syscalls!\n');
  expect(kernelLines()).toBe(before);
});

test('a profile that is missing on the node', () => {
  bed.apply(pod('missing-pod', '{type: Localhost, localhostProfile: profiles/missing.json}'));
  bed.until('it cannot be created', () => bed.kubectl('get', 'pod', 'missing-pod').includes('CreateContainerError'));
});

test('a kubelet whose default is the profile of the runtime', () => {
  const status = (name: string) => bed.kubectl('exec', name, '--', 'grep', 'Seccomp:', '/proc/1/status');
  const run = (name: string) => {
    bed.kubectl('run', name, '--image=busybox', '--', 'sleep', '1h');
    bed.untilReady(name);
    return status(name);
  };
  expect(run('before')).toBe('Seccomp:\t0\n');
  bed.sh("ssh node-1 'echo seccompDefault: true >> /var/lib/kubelet/config.yaml; systemctl restart kubelet'");
  bed.pass(10);
  expect(run('after')).toBe('Seccomp:\t2\n');
  expect(status('before')).toBe('Seccomp:\t0\n');
});
