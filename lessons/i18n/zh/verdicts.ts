/** A form that sentences have, and the Chinese for it. */
type Form = readonly [form: RegExp, chinese: (...parts: string[]) => string];

const SPAN_UNITS: Readonly<Record<string, string>> = { ms: '毫秒', s: '秒', m: '分钟', h: '小时' };

/** What was asked for: `at least 3`, `one of "a", "b"`, or a value. */
const WANTED: readonly Form[] = [
  [
    /^(.*?") or (something|a line) (.*)$/s,
    (one, ...another) => `${rendered(WANTED, one)}，或者${rendered(WANTED, another.join(' ')).replace('应当', '')}`,
  ],
  [/^one of (.*)$/s, (values) => `应当是其中之一：${values}`],
  [/^something that matches (.*)$/s, (pattern) => `应当符合 ${pattern}`],
  [/^something with (.*) in it$/s, (part) => `应当含有 ${either(part)}`],
  [/^something that begins with (.*)$/s, (start) => `应当以 ${either(start)} 开头`],
  [/^something that ends with (.*)$/s, (end) => `应当以 ${either(end)} 结尾`],
  [/^a line that begins with (.*)$/s, (start) => `应当有一行以 ${either(start)} 开头`],
  [/^something else$/, () => '应当是别的'],
  [/^something$/, () => '应当有内容'],
  [/^nothing$/, () => '应当是空的'],
  [/^at least (.*)$/, (number) => `至少应当是 ${number}`],
  [/^at most (.*)$/, (number) => `最多应当是 ${number}`],
  [/^of length (.*)$/, (number) => `长度应当是 ${number}`],
  [/^(.*)$/s, (value) => `应当是 ${either(value)}`],
];

/** Who did something: a command in a Pod or on a machine, or what listens at a Pod's port. */
const POD = 'the Pod "([^"]+)"(?: of the namespace "([^"]+)")?';
const DOERS: readonly Form[] = [
  [new RegExp(`^"(.*)" in ${POD}$`, 's'), (command, pod, at) => `在 ${podNamed(pod, at)} 里，${command}`],
  [/^"(.*)" on (\S+)$/s, (command, host) => `在 ${host} 上，${command}`],
  [
    new RegExp(`^(?:"([^"]*)" at )?port (\\d+) of ${POD}$`),
    (path, port, pod, at) => `${podNamed(pod, at)} 的端口 ${port}${path === undefined ? '' : ` 对 ${path}`}`,
  ],
];

/** What they did, and what they should have done. */
const DEED =
  '((?:.* on \\S+|.*the Pod "[^"]+"(?: of the namespace "[^"]+")?)) (printed|complained of|ended with exit code|answered(?: with status)?)';
const STAYED = new RegExp(`^${DEED} (.*) for (\\d+)(ms|s|m|h)$`, 's');
const CHANGED = new RegExp(`^${DEED} (.*), then (.*)$`, 's');
const DID = new RegExp(`^${DEED} (.*), and should (?:print|complain of|end with|answer(?: with)?) (.*)$`, 's');

const DEEDS: Readonly<Record<string, readonly [something: string, nothing: string]>> = {
  printed: ['输出了', '什么也没有输出'],
  'complained of': ['抱怨说', '什么也没有抱怨'],
  'ended with exit code': ['的退出码是', '没有退出码'],
  answered: ['回答了', '什么也没有回答'],
  'answered with status': ['回答的状态码是', '没有状态码'],
};

/** What curl's exit codes mean. */
const CURLS: Readonly<Record<string, string>> = {
  'curl could not read the address': 'curl 读不懂这个地址',
  'curl found no host of that name': 'curl 没有找到这个名字的主机',
  'curl could not connect': 'curl 连接不上',
  'curl got an answer with a status of 400 or more': 'curl 得到的回答状态码是 400 或更大',
  'curl waited too long': 'curl 等得太久了',
  'curl got an empty answer': 'curl 得到的回答是空的',
  'curl lost the connection before the answer was whole': '回答还没有完，curl 的连接就断了',
};

/** What a field means, and the field itself in brackets. */
const MEANT = /^((?:\d+ of \d+|the [A-Z])[^()]*) \(([^\s:]+ (?:is|has) .*)\)$/s;

const STATES: Readonly<Record<string, string>> = {
  ready: '就绪',
  available: '可用',
  updated: '已更新',
  done: '完成',
};

const MEANINGS: readonly Form[] = [
  [/^the Pod "([^"]*)" is ready$/, (name) => `Pod ${name} 就绪了`],
  [/^the Pod "([^"]*)" is not ready$/, (name) => `Pod ${name} 没有就绪`],
  [
    /^(\d+) of (\d+) containers of the Pod "(.*)" are ready$/,
    (n, all, name) => `Pod ${name} 的 ${all} 个容器中有 ${n} 个就绪`,
  ],
  [/^the container "(.*)" of the Pod "(.*)" is ready$/, (name, pod) => `Pod ${pod} 的容器 ${name} 就绪了`],
  [/^the container "(.*)" of the Pod "(.*)" is not ready$/, (name, pod) => `Pod ${pod} 的容器 ${name} 没有就绪`],
  [
    /^the container "(.*)" of the Pod "(.*)" was restarted (once|\d+ times)$/,
    (name, pod, times) => `Pod ${pod} 的容器 ${name} 重启了 ${times === 'once' ? 1 : times.replace(' times', '')} 次`,
  ],
  [/^(\d+) of (\d+) replicas are (\S+)$/, (n, all, state) => `${all} 个副本中有 ${n} 个${STATES[state]}`],
  [/^(\d+) of (\d+) Pods are (\S+)$/, (n, all, state) => `${all} 个 Pod 中有 ${n} 个${STATES[state]}`],
  [
    /^(\d+) of (\d+) endpoints of the Service "(.*)" are ready$/,
    (n, all, name) => `Service ${name} 的 ${all} 个端点中有 ${n} 个就绪`,
  ],
  [/^the Service "(.*)" has no endpoints$/, (name) => `Service ${name} 没有端点`],
  [/^the Service "(.*)" leads to no port of its Pods$/, (name) => `Service ${name} 不通向 Pod 的任何端口`],
  [/^the (\S+) "(.*)" has no address for the outside$/, (kind, name) => `${kind} ${name} 没有对外的地址`],
  [/^the Pod "(.*)" has no node yet$/, (name) => `Pod ${name} 还没有节点`],
  [/^the Pod "(.*)" has no address yet$/, (name) => `Pod ${name} 还没有地址`],
  [/^the Pod "(.*)" has not been started on a node yet$/, (name) => `Pod ${name} 还没有在节点上启动`],
  [/^the Job "(.*)" has not completed$/, (name) => `Job ${name} 没有完成`],
  [/^the CronJob "(.*)" has not begun a Job yet$/, (name) => `CronJob ${name} 还没有开始过 Job`],
  [/^the CronJob "(.*)" has had no Job that succeeded$/, (name) => `CronJob ${name} 还没有成功的 Job`],
  [/^the DaemonSet "(.*)" is for (\d+) of the machines$/, (name, n) => `DaemonSet ${name} 要在 ${n} 台机器上运行`],
];

const FORMS: readonly Form[] = [
  [/^after (\d+)(ms|s|m|h): (.*)$/s, (n, unit, rest) => `等了 ${span(n, unit)}：${verdict(rest)}`],
  [/^(\d+) s in: (.*)$/s, (n, rest) => `过了 ${n} 秒：${verdict(rest)}`],
  [/^(.*); exit code (\d+)$/s, (rest, code) => `${verdict(rest)}；退出码 ${code}`],
  [
    /^(.*); exit code (\d+): (curl .*)$/s,
    (rest, code, meaning) => `${verdict(rest)}；退出码 ${code}：${CURLS[meaning] ?? meaning}`,
  ],
  [/^(.*?); it said: (.*)$/s, (rest, said) => `${verdict(rest)}；它说：${said}`],
  [STAYED, (doer, deed, what, n, unit) => `${rendered(DOERS, doer)} 有 ${span(n, unit)}一直${DEEDS[deed]![0]} ${what}`],
  [CHANGED, (doer, deed, first, second) => `${rendered(DOERS, doer)} 先${DEEDS[deed]![0]} ${first}，后来是 ${second}`],
  [DID, (doer, deed, what, asked) => told(doer, deed, what, asked)],
  [/^as it should be$/, () => '一切如愿'],
  [/^it never happened$/, () => '从来没有发生过'],
  [
    /^at (\d+) s, of the (\S+) "(.*?)": (.*)$/s,
    (n, kind, name, was) => `第 ${n} 秒时，${kind} ${name} 的 ${was.split('; ').map(verdict).join('；')}`,
  ],
  [
    /^there (?:is|are) (\d+) (\S+)(?: with (\S+))?(?: in the namespace "(.*?)")? \((.*)\), and there should be (\S+)$/,
    (n, kind, labels, at, names, asked) =>
      `${whereOf(at)}有 ${n} 个${labels === undefined ? '' : `带 ${labels} 的`} ${singular(kind)}（${names}），${shouldBe(asked)}`,
  ],
  [/^(there is no .*), and there should be (\S+)$/, (absent, asked) => `${verdict(absent)}，${shouldBe(asked)}`],
  [
    /^(there is no .* in the namespace ".*"), but in the namespace "(.*)"$/,
    (absent, at) => `${verdict(absent)}，命名空间 ${at} 里却有`,
  ],
  [/^there is a (\S+) named "(.*)", and there should be none$/, (kind, name) => `有 ${kind} ${name}，不应当有`],
  [
    /^among the (\S+) there is no "(.*?)", but (.*)$/,
    (kinds, name, names) => `${singular(kinds)} 里没有 ${name}，有的是 ${some(names)}`,
  ],
  [/^among the (\S+) there is no "(.*?)"$/, (kinds, name) => `${singular(kinds)} 里没有 ${name}`],
  [
    /^there is no (\S+) named "(.*)" in the namespace "(.*)"$/,
    (kind, name, at) => `命名空间 ${at} 里没有 ${kind} ${name}`,
  ],
  [/^there is no (\S+) named "(.*)"$/, (kind, name) => `没有 ${kind} ${name}`],
  [
    /^there is no (\S+) with (\S+) in the namespace "(.*?)"$/,
    (kind, labels, at) => `命名空间 ${at} 里没有带 ${labels} 的 ${kind}`,
  ],
  [/^there is no (\S+) in the namespace "(.*?)"$/, (kind, at) => `命名空间 ${at} 里没有 ${kind}`],
  [/^([^\s:]+) has no "(.*?)", but (.*)$/, (list, name, names) => `${list} 里没有 ${name}，有的是 ${some(names)}`],
  [
    /^the Service "(.*)" looks for Pods with (\S+), and there is none$/,
    (name, labels) => `Service ${name} 要找带 ${labels} 的 Pod，可是一个也没有`,
  ],
  [
    /^no Pod with (\S+) is ready, so the Service "(.*)" leads to none$/,
    (labels, name) => `带 ${labels} 的 Pod 一个也没有就绪，所以 Service ${name} 后面没有人`,
  ],
  [
    /^the Service "(.*)" leads to the port "(.*)" of its Pods, which (.*)$/,
    (name, port, ports) => `Service ${name} 通向 Pod 的端口 ${port}，可是${portsOf(ports)}`,
  ],
  [
    /^the Ingress "(.*)" names (?:no class|the class "(.*)", which does not exist), so nobody reads it; there is (.*)$/,
    (name, asked, classes) =>
      `Ingress ${name} ${asked === undefined ? '没有写明类' : `写的类 "${asked}" 不存在`}，所以没有谁读取它；${classes === 'none' ? '现在一个类也没有' : `现有的类是 ${classes}`}`,
  ],
  [
    /^the Ingress "(.*)" leads to the Service "(.*)", which does not exist$/,
    (name, service) => `Ingress ${name} 通向的 Service ${service} 并不存在`,
  ],
  [
    /^the Ingress "(.*)" leads to the port (\S+) of the Service "(.*)", which has (.*)$/,
    (name, port, service, ports) => `Ingress ${name} 通向 Service ${service} 的端口 ${port}，可是它有的是 ${ports}`,
  ],
  [
    /^the Ingress "(.*)" has rules for (.*), and none for "(.*)"$/,
    (name, hosts, asked) => `Ingress ${name} 有 ${hosts} 的规则，没有 ${asked} 的`,
  ],
  [/^([^\s:]+) has no "(.*?)"$/, (list, name) => `${list} 里没有 ${name}`],
  [/^([^\s:]+) has no (\S+)$/, (path, field) => `${path} 里没有 ${field}`],
  [/^([^\s:]+) is not set$/, (path) => `没有 ${path}`],
  [/^([^\s:]+) is empty$/, (path) => `${path} 是空的`],
  [
    /^([^\s:]+) has (\d+) elements?(?: \((.*)\))?, not (\d+)$/,
    (path, n, names, length) => `${path} 有 ${n} 个${names === undefined ? '' : `（${names}）`}，应当是 ${length} 个`,
  ],
  [/^([^\s:]+) stayed as it was$/, (path) => `${path} 没有变`],
  [
    /^([^\s:]+) stayed (.*) for (\d+)(ms|s|m|h)$/s,
    (path, value, n, unit) => `${path} 有 ${span(n, unit)}一直是 ${value === 'unset' ? '空的' : value}`,
  ],
  [/^([^\s:]+) changed from (.*) to (.*)$/s, (path, from, to) => `${path} 从 ${from} 变成了 ${to}`],
  [/^([^\s:]+) changed$/, (path) => `${path} 变了`],
  [/^the Pod "(.*)" has no IP address yet$/, (name) => `Pod ${name} 还没有 IP 地址`],
  [/^the Pod "(.*)" has no container "(.*)"$/, (pod, name) => `Pod ${pod} 里没有容器 ${name}`],
  [/^no running container "(.*)" in Pod "(.*)"$/, (name, pod) => `Pod ${pod} 里没有在运行的容器 ${name}`],
  [/^no process "(.*)" on (\S+)$/, (name, host) => `${host} 上没有进程 ${name}`],
  [/^the Pod "(.*)" has ended$/, (name) => `Pod ${name} 已经结束了`],
  [/^the container "(.*)" of the Pod "(.*)" does not run$/, (name, pod) => `Pod ${pod} 的容器 ${name} 没有在运行`],
  [/^a request to (.*?) failed: (.*)$/s, (to, why) => `对 ${to} 的请求失败了：${why}`],
  [/^"(kubectl .*?)" failed: exit code (\d+)$/s, (command, code) => `${command} 失败了，退出码 ${code}`],
  [/^"(kubectl .*?)" failed: (.*)$/s, (command, said) => `${command} 失败了：${said}`],
  [/^(".*" on \S+) failed: exit code (\d+)$/s, (doer, code) => `${rendered(DOERS, doer)} 失败了，退出码 ${code}`],
  [/^(".*?" on \S+) failed: (.*)$/s, (doer, said) => `${rendered(DOERS, doer)} 失败了：${said}`],
  [/^"(kubectl .*?)" was not refused$/s, (command) => `${command} 没有被拒绝`],
  [
    /^"(kubectl .*)" had not ended after (\d+) s$/s,
    (command, n) => `${command.replace(/" on .*$/, '')} 过了 ${n} 秒还没有结束`,
  ],
  [/^(".*) had not ended after (\d+) s$/s, (doer, n) => `${rendered(DOERS, doer)} 过了 ${n} 秒还没有结束`],
  [/^the API server does not answer: (.*)$/s, (why) => `API 服务器没有应答：${why}`],
  [/^the API server answers: (.*)$/s, (what) => `API 服务器回答：${what}`],
  [
    /^(\S+) does not run on (\S+), and has left no container behind$/,
    (name, host) => `${host} 上没有运行 ${name}，连结束了的容器也没有`,
  ],
  [
    /^(\S+) does not stay up on (\S+); its last words: (.*)$/s,
    (name, host, words) => `${host} 上的 ${name} 起不来，它最后说：${words}`,
  ],
  [/^the kubelet of (\S+) says: (.*)$/s, (host, words) => `${host} 的 kubelet 说：${words}`],
  [
    /^etcd does not have the (\S+) "(\S+)": somebody deleted it, or etcd began anew$/,
    (kind, name) => `etcd 里没有 ${kind} ${name}：有人删了它，或者 etcd 是从头开始的`,
  ],
  [/^condition (\S+) is (\S+): (.*)$/s, (type, is, rest) => `状况 ${type} 是 ${is}：${rest}`],
  [/^container "(\S+)" waits: (.*)$/s, (name, why) => `容器 ${name} 在等：${why}`],
  [
    /^container "(\S+)" ended with exit code (\d+) \((.*)\)$/,
    (name, code, why) => `容器 ${name} 结束了，退出码 ${code}（${reason(why)}）`,
  ],
  [/^container "(\S+)" says: (.*)$/s, (name, line) => `容器 ${name} 说：${line}`],
  ...MEANINGS,
  [MEANT, (meaning, fact) => `${rendered(MEANINGS, meaning)}（${verdict(fact)}）`],
  [/^([^\s:]+) is (.*), and should not be set$/s, (path, value) => `${path} 是 ${value}，不应当设置`],
  [/^([^\s:]+) is (.*), and should be something else$/s, (path, value) => `${path} 是 ${value}，应当是别的`],
  [/^([^\s:]+) is empty, not (.*)$/s, (path, asked) => `${path} 是空的，${rendered(WANTED, asked)}`],
  [/^([^\s:]+) is (.*), not (.*)$/s, (path, value, asked) => `${path} 是 ${found(value)}，${rendered(WANTED, asked)}`],
  [/^([^\s:]+) is (.*)$/s, (path, value) => `${path} 是 ${found(value)}`],
];

/**
 * A grader's sentence in Chinese. Graders know no language, and one report may have readers of several; so the sentences of
 * `graders/` are rendered where they are read. What the cluster itself says (events, conditions, logs) stays as it is.
 */
export function verdict(sentence: string): string {
  return rendered(FORMS, sentence);
}

function rendered(forms: readonly Form[], sentence: string): string {
  for (const [form, chinese] of forms) {
    const match = form.exec(sentence);
    if (match !== null) return chinese(...match.slice(1));
  }
  return sentence;
}

function told(doer: string, deed: string, what: string, asked: string): string {
  const [something, nothing] = DEEDS[deed]!;
  return `${rendered(DOERS, doer)} ${what === 'nothing' ? nothing : `${something} ${what}`}，${rendered(WANTED, asked)}`;
}

const span = (n: string, unit: string) => `${n} ${SPAN_UNITS[unit]}`;
const podNamed = (name: string, namespace?: string) =>
  `${namespace === undefined ? '' : `命名空间 ${namespace} 的 `}Pod ${name}`;
const whereOf = (namespace?: string) => (namespace === undefined ? '' : `命名空间 ${namespace} 里`);
const singular = (kinds: string) =>
  kinds
    .replace(/ies$/, 'y')
    .replace(/(s)es$/, '$1')
    .replace(/([^s])s$/, '$1');
const shouldBe = (asked: string) => (asked === 'none' ? '不应当有' : `应当有 ${asked} 个`);
const either = (values: string) => values.replaceAll('" or "', '" 或 "');
const some = (names: string) => names.replace(/ and (\d+) more$/, ' 等等，另外还有 $1 个');
const portsOf = (text: string) =>
  text === 'give no port a name' ? '它们没有给端口取名' : text.replace('have', '它们有的是');
const found = (value: string) => (value === 'nothing' ? '空的' : value);
const reason = (text: string) => (text === 'no reason given' ? '没有说明原因' : text);
