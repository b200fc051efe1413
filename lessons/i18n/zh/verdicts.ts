/** A form that sentences have, and the Chinese for it. */
type Form = readonly [form: RegExp, chinese: (...parts: string[]) => string];

const SPAN_UNITS: Readonly<Record<string, string>> = { ms: '毫秒', s: '秒', m: '分钟', h: '小时' };

/** What was asked for: `at least 3`, `one of "a", "b"`, or a value. */
const WANTED: readonly Form[] = [
  [/^one of (.*)$/s, (values) => `应当是其中之一：${values}`],
  [/^something that matches (.*)$/s, (pattern) => `应当符合 ${pattern}`],
  [/^something with (.*) in it$/s, (part) => `应当含有 ${part}`],
  [/^at least (.*)$/, (number) => `至少应当是 ${number}`],
  [/^at most (.*)$/, (number) => `最多应当是 ${number}`],
  [/^of length (.*)$/, (number) => `长度应当是 ${number}`],
  [/^(.*)$/s, (value) => `应当是 ${value}`],
];

/** What a field means, and the field itself in brackets. */
const MEANT = /^((?:\d+ of \d+|the [A-Z])[^()]*) \(([^\s:]+ (?:is|has) .*)\)$/s;

const STATES: Readonly<Record<string, string>> = {
  ready: '就绪',
  available: '可用',
  updated: '已更新',
  done: '完成',
};

const MEANINGS: readonly Form[] = [
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
  [/^(.*?); it said: (.*)$/s, (rest, said) => `${verdict(rest)}；它说：${said}`],
  [/^as it should be$/, () => '一切如愿'],
  [/^it never happened$/, () => '从来没有发生过'],
  [
    /^at (\d+) s, of the (\S+) "(.*?)": (.*)$/s,
    (n, kind, name, was) => `第 ${n} 秒时，${kind} ${name} 的 ${was.split('; ').map(verdict).join('；')}`,
  ],
  [
    /^there is no (\S+) named "(.*)" in the namespace "(.*)"$/,
    (kind, name, at) => `命名空间 ${at} 里没有 ${kind} ${name}`,
  ],
  [/^there is no (\S+) named "(.*)"$/, (kind, name) => `没有 ${kind} ${name}`],
  [
    /^there is no (\S+) with (\S+) in the namespace "(.*?)"(.*)$/,
    (kind, labels, at, rest) => `命名空间 ${at} 里没有带 ${labels} 的 ${kind}${bracketed(rest)}`,
  ],
  [
    /^there is no (\S+) in the namespace "(.*?)"(.*)$/,
    (kind, at, rest) => `命名空间 ${at} 里没有 ${kind}${bracketed(rest)}`,
  ],
  [/^([^\s:]+) has no "(.*?)", but (.*)$/, (list, name, names) => `${list} 里没有 ${name}，有的是 ${names}`],
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
    (path, value, n, unit) => `${path} 有 ${span(n, unit)}一直是 ${value}`,
  ],
  [/^([^\s:]+) changed from (.*) to (.*)$/s, (path, from, to) => `${path} 从 ${from} 变成了 ${to}`],
  [/^([^\s:]+) changed$/, (path) => `${path} 变了`],
  [/^the Pod "(.*)" has no IP address yet$/, (name) => `Pod ${name} 还没有 IP 地址`],
  [/^a request to (.*?) failed: (.*)$/s, (to, why) => `对 ${to} 的请求失败了：${why}`],
  [/^"(kubectl .*?)" failed: exit code (\d+)$/s, (command, code) => `${command} 失败了，退出码 ${code}`],
  [/^"(kubectl .*?)" failed: (.*)$/s, (command, said) => `${command} 失败了：${said}`],
  [/^"(.*)" had not ended after (\d+) s$/s, (command, n) => `${command} 过了 ${n} 秒还没有结束`],
  [/^condition (\S+) is (\S+): (.*)$/s, (type, is, rest) => `状况 ${type} 是 ${is}：${rest}`],
  [/^container "(\S+)" waits: (.*)$/s, (name, why) => `容器 ${name} 在等：${why}`],
  [
    /^container "(\S+)" ended with exit code (\d+) \((.*)\)$/,
    (name, code, why) => `容器 ${name} 结束了，退出码 ${code}（${reason(why)}）`,
  ],
  [/^container "(\S+)" says: (.*)$/s, (name, line) => `容器 ${name} 说：${line}`],
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

const span = (n: string, unit: string) => `${n} ${SPAN_UNITS[unit]}`;
const bracketed = (text: string) => (text === '' ? '' : `（${verdict(text.replace(/^ \(|\)$/g, ''))}）`);
const portsOf = (text: string) =>
  text === 'give no port a name' ? '它们没有给端口取名' : text.replace('have', '它们有的是');
const found = (value: string) => (value === 'nothing' ? '空的' : value);
const reason = (text: string) => (text === 'no reason given' ? '没有说明原因' : text);
