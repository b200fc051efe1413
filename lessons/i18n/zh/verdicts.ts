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

const FORMS: readonly Form[] = [
  [/^after (\d+)(ms|s|m|h): (.*)$/s, (n, unit, rest) => `等了 ${span(n, unit)}：${verdict(rest)}`],
  [/^(\d+) s in: (.*)$/s, (n, rest) => `过了 ${n} 秒：${verdict(rest)}`],
  [/^(.*); exit code (\d+)$/s, (rest, code) => `${verdict(rest)}；退出码 ${code}`],
  [/^(.*?); it said: (.*)$/s, (rest, said) => `${verdict(rest)}；它说：${said}`],
  [/^as it should be$/, () => '一切如愿'],
  [/^it never happened$/, () => '从来没有发生过'],
  [/^at (\d+) s (\S+) "(.*)" was so$/, (n, kind, name) => `第 ${n} 秒时，${kind} ${name} 就是这样`],
  [
    /^there is no (\S+) named "(.*)" in the namespace "(.*)"$/,
    (kind, name, at) => `命名空间 ${at} 里没有 ${kind} ${name}`,
  ],
  [/^([^\s:]+) has no "(.*?)", but (.*)$/, (list, name, names) => `${list} 里没有 ${name}，有的是 ${names}`],
  [
    /^the Service "(.*)" looks for Pods with (\S+), and there is none$/,
    (name, labels) => `Service ${name} 要找带 ${labels} 的 Pod，可是一个也没有`,
  ],
  [/^there is no (\S+)$/, (path) => `没有 ${path}`],
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
const found = (value: string) => (value === 'nothing' ? '空的' : value);
const reason = (text: string) => (text === 'no reason given' ? '没有说明原因' : text);
