import { type Check, gradeFiles, parseExercise } from '@drydock/graders';
import { expect, test } from 'vitest';
import { verdict } from './verdicts.ts';

// The sentences come from the graders themselves, so that one they word anew is missed here.

const INGRESS = [
  [
    'names the class "ngnix", which does not exist, so nobody reads it; there is "nginx"',
    'Ingress quay 写的类 "ngnix" 不存在，所以没有谁读取它；现有的类是 "nginx"',
  ],
  ['names no class, so nobody reads it; there is none', 'Ingress quay 没有写明类，所以没有谁读取它；现在一个类也没有'],
  ['leads to the Service "key", which does not exist', 'Ingress quay 通向的 Service key 并不存在'],
  [
    'leads to the port 5678 of the Service "quay", which has 80 "pages"',
    'Ingress quay 通向 Service quay 的端口 5678，可是它有的是 80 "pages"',
  ],
  [
    'has rules for "quay.exmple", and none for "quay.example"',
    'Ingress quay 有 "quay.exmple" 的规则，没有 quay.example 的',
  ],
] as const;

const POD = { object: { kind: 'Pod', name: 'boat' } };
const CHECKS: readonly (readonly [check: Partial<Check>, chinese: string | RegExp])[] = [
  [
    { that: [{ path: 'status.phase', equals: 'Running' }], within: '2s' },
    '等了 2 秒：status.phase 是 "Pending"，应当是 "Running"',
  ],
  [
    { that: [{ path: 'spec.containers[name=bell].image', exists: true }], within: '2s' },
    '等了 2 秒：spec.containers 里没有 bell，有的是 "boat"',
  ],
  [
    { that: [{ path: 'spec.nodeName', oneOf: ['a', 'b'] }], within: '1m' },
    '等了 1 分钟：Pod boat 还没有节点（没有 spec.nodeName）',
  ],
  [
    { that: [{ path: 'metadata.name', matches: '^x' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当以 "x" 开头',
  ],
  [
    { that: [{ path: 'metadata.name', matches: '[a-c]x' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当符合 /[a-c]x/',
  ],
  [
    { that: [{ path: 'metadata.name', matches: '(^|/)x$' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当是 "x"，或者以 "/x" 结尾',
  ],
  [
    { that: [{ path: 'metadata.name', matches: 'x|y' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当含有 "x" 或 "y"',
  ],
  [
    { that: [{ path: 'metadata.name', contains: 'x' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当含有 "x"',
  ],
  [
    {
      observe: { object: { kind: 'Pod', selector: 'app=nobody' } },
      that: [{ path: 'items', length: 2 }],
      within: '2s',
    },
    '等了 2 秒：命名空间 default 里没有带 app=nobody 的 Pod，应当有 2 个',
  ],
  [
    { that: [{ path: 'metadata.name', amount: '1Gi' }], within: '2s' },
    '等了 2 秒：metadata.name 是 "boat"，应当是 1Gi',
  ],
  [
    { that: [{ path: 'spec.containers', length: 2 }], always: '5s' },
    '过了 0 秒：spec.containers 有 1 个（boat），应当是 2 个',
  ],
  [{ that: [{ path: 'spec.priority', atLeast: 7 }], within: '2s' }, '等了 2 秒：spec.priority 是 0，至少应当是 7'],
  [{ that: [{ path: 'metadata.uid', exists: false }], within: '2s' }, '等了 2 秒：metadata.uid 是 …，不应当设置'],
  [{ that: [{ path: 'metadata.name', not: 'boat' }], within: '2s' }, '等了 2 秒：metadata.name 是 "boat"，应当是别的'],
  [{ that: [{ path: 'metadata.labels.sail', exists: true }], within: '2s' }, '等了 2 秒：metadata 里没有 labels.sail'],
  [{ that: [{ path: 'spec.hostname', exists: true }], within: '2s' }, '等了 2 秒：没有 spec.hostname'],
  [{ changes: { path: 'metadata.name', within: '2s' } }, 'metadata.name 有 2 秒一直是 "boat"'],
  [
    { observe: { object: { kind: 'Service', name: 'quay' } }, that: [{ path: 'spec', exists: true }], within: '2s' },
    '等了 2 秒：命名空间 default 里没有 Service quay',
  ],
  [
    { observe: { http: { pod: 'boat', port: 80 } }, that: [{ path: 'status', equals: 200 }], within: '2s' },
    '等了 2 秒：Pod boat 还没有 IP 地址',
  ],
  [
    { observe: { object: { kind: 'Pod' } }, that: [{ path: 'items', length: 2 }], within: '2s' },
    '等了 2 秒：命名空间 default 里有 1 个 Pod（boat），应当有 2 个',
  ],
  [
    {
      observe: { object: { kind: 'Pod' } },
      that: [{ path: 'items[*].metadata.name', every: true, not: 'boat' }],
      within: '2s',
    },
    '等了 2 秒：有 Pod boat，不应当有',
  ],
  [
    {
      observe: { object: { kind: 'Event' } },
      that: [{ path: 'items[reason=Pulled]', exists: true }],
      within: '2s',
    },
    /^等了 2 秒：Event 里没有 Pulled，有的是 .* 等等，另外还有 \d 个$/,
  ],
  [
    {
      observe: { object: { kind: 'ConfigMap', name: 'coredns' } },
      that: [{ path: 'data', exists: true }],
      within: '2s',
    },
    '等了 2 秒：命名空间 default 里没有 ConfigMap coredns，命名空间 kube-system 里却有',
  ],
  [
    { observe: { exec: { pod: 'boat', command: ['id'] } }, that: [{ path: 'exitCode', equals: 0 }], within: '2s' },
    '等了 2 秒：Pod boat 还没有节点',
  ],
  [
    {
      observe: { run: { host: 'node-1', command: ['sh', '-c', 'echo a; echo b'] } },
      that: [{ path: 'stdout', matches: '^c' }],
      within: '2s',
    },
    '等了 2 秒：在 node-1 上，echo a; echo b 输出了 "a b"，应当以 "c" 开头',
  ],
  [
    {
      observe: { run: { host: 'node-1', command: ['curl', '-s', 'http://10.0.0.11:1/'] } },
      that: [{ path: 'stdout', equals: 'a' }],
      within: '2s',
    },
    '等了 2 秒：在 node-1 上，curl -s http://10.0.0.11:1/ 什么也没有输出，应当是 "a"；退出码 7：curl 连接不上',
  ],
  [
    {
      observe: { run: { host: 'workstation', command: ['true'] } },
      that: [{ path: 'exitCode', not: 0 }],
      within: '2s',
    },
    '等了 2 秒：在 workstation 上，true 的退出码是 0，应当是别的',
  ],
];

test('what graders say is said in Chinese', () => {
  const checks = CHECKS.map(([check], index) => ({
    id: `c${index}`,
    title: 'c',
    points: 1,
    observe: POD,
    ask: 'Why?',
    ...check,
  }));
  const yaml = JSON.stringify({
    title: 'Boat',
    level: 'apply',
    rows: [1],
    minutes: 1,
    answer: 'boat.yaml',
    brief: 'A boat.',
    checks,
    hints: checks.map(({ id }) => ({ check: id, text: 'Look.' })),
  });
  const boat = `
apiVersion: v1
kind: Pod
metadata: {name: boat}
spec:
  nodeSelector: {pier: none}
  containers: [{name: boat, image: 'busybox:1.37'}]
`;
  const report = gradeFiles(parseExercise('boat', { 'exercise.yaml': yaml }), [{ name: 'boat.yaml', text: boat }]);
  const said = report.checks.map(({ seen }) => verdict(seen).replace(/ 是 [[{"][^，]{20,}/, ' 是 …'));
  expect(said).toEqual(
    CHECKS.map(([, chinese]) => (typeof chinese === 'string' ? chinese : expect.stringMatching(chinese))),
  );
  expect(verdict(report.checks[0]!.why[0]!)).toMatch(/^状况 PodScheduled 是 False：Unschedulable: 0\/3 nodes/);
});

test('what the cluster says itself stays as it is', () => {
  const event = 'FailedScheduling: 0/3 nodes are available: 3 node(s) had untolerated taint(s).';
  expect(verdict(event)).toBe(event);
  expect(verdict('container "web" waits: CrashLoopBackOff (back-off 10s)')).toBe(
    '容器 web 在等：CrashLoopBackOff (back-off 10s)',
  );
  expect(
    verdict(
      'after 30s: "nc db x" in the Pod "till" ended with exit code 1, and should end with 0; it said: nc: bad port',
    ),
  ).toBe('等了 30 秒：在 Pod till 里，nc db x 的退出码是 1，应当是 0；它说：nc: bad port');
  expect(verdict('"/a" at port 80 of the Pod "web" of the namespace "b" answered nothing, and should answer "c"')).toBe(
    '命名空间 b 的 Pod web 的端口 80 对 /a 什么也没有回答，应当是 "c"',
  );
  expect(verdict('port 80 of the Pod "web" answered with status 404, and should answer with 200')).toBe(
    'Pod web 的端口 80 回答的状态码是 404，应当是 200',
  );
  expect(verdict('port 80 of the Pod "web" answered "a" for 10s')).toBe('Pod web 的端口 80 有 10 秒一直回答了 "a"');
  expect(verdict('"date" on node-1 printed "a", then "b"')).toBe('在 node-1 上，date 先输出了 "a"，后来是 "b"');
  expect(verdict('the Pod "a" is not ready (status.conditions[type=Ready].status is "False", not "True")')).toBe(
    'Pod a 没有就绪（status.conditions[type=Ready].status 是 "False"，应当是 "True"）',
  );
  expect(verdict('the container "a" of the Pod "b" was restarted 2 times')).toBe('Pod b 的容器 a 重启了 2 次');
  expect(verdict('no running container "a" in Pod "default/b"')).toBe('Pod default/b 里没有在运行的容器 a');
  expect(verdict('the container "hook" of the Pod "crane" does not run')).toBe('Pod crane 的容器 hook 没有在运行');
  expect(verdict('"sleep 99" on node-1 had not ended after 30 s')).toBe('在 node-1 上，sleep 99 过了 30 秒还没有结束');
  expect(verdict('"kubectl wait pod/a" had not ended after 120 s')).toBe('kubectl wait pod/a 过了 120 秒还没有结束');
  expect(verdict('"kubectl delete pod boat" was not refused')).toBe('kubectl delete pod boat 没有被拒绝');
  expect(verdict('"kubectl delete pod boat" failed: Error from server (NotFound): pods "boat" not found')).toBe(
    'kubectl delete pod boat 失败了：Error from server (NotFound): pods "boat" not found',
  );
  expect(verdict('0 of 3 replicas are ready (status.readyReplicas is not set)')).toBe(
    '3 个副本中有 0 个就绪（没有 status.readyReplicas）',
  );
  expect(verdict('at 14 s, of the Pod "crew": status.phase is "Failed"; spec.nodeName is not set')).toBe(
    '第 14 秒时，Pod crew 的 status.phase 是 "Failed"；没有 spec.nodeName',
  );
  expect(verdict('the Service "gate" leads to the port "web" of its Pods, which have "http"')).toBe(
    'Service gate 通向 Pod 的端口 web，可是它们有的是 "http"',
  );
  for (const [sentence, chinese] of INGRESS) expect(verdict(`the Ingress "quay" ${sentence}`)).toBe(chinese);
  expect(verdict('"kubectl get nodes" failed: exit code 1')).toBe('kubectl get nodes 失败了，退出码 1');
  expect(verdict('"reboot" on node-1 failed: exit code 1')).toBe('在 node-1 上，reboot 失败了，退出码 1');
  expect(verdict('"kubectl get pods" on node-1 failed: no such file')).toBe(
    '在 node-1 上，kubectl get pods 失败了：no such file',
  );
  expect(verdict('after 5s: the API server answers: etcdserver: request timed out')).toBe(
    '等了 5 秒：API 服务器回答：etcdserver: request timed out',
  );
  expect(verdict('the API server does not answer: dial tcp 10.0.0.10:6443: connect: connection refused')).toBe(
    'API 服务器没有应答：dial tcp 10.0.0.10:6443: connect: connection refused',
  );
  expect(verdict('etcd does not run on control-plane, and has left no container behind')).toBe(
    'control-plane 上没有运行 etcd，连结束了的容器也没有',
  );
  expect(verdict('etcd does not stay up on control-plane; its last words: panic: no')).toBe(
    'control-plane 上的 etcd 起不来，它最后说：panic: no',
  );
  expect(verdict('the kubelet of control-plane says: "Could not process manifest file"')).toBe(
    'control-plane 的 kubelet 说："Could not process manifest file"',
  );
  expect(verdict('etcd does not have the ClusterRoleBinding "a:b": somebody deleted it, or etcd began anew')).toBe(
    'etcd 里没有 ClusterRoleBinding a:b：有人删了它，或者 etcd 是从头开始的',
  );
});
