import { flawsOfChinese } from './chinese.ts';
import { componentsOf, type Flaw, type LessonText, proseLines, type Used } from './course-text.ts';

/** Words that belittle, and terms that the Kubernetes documentation writes otherwise. */
const WORDING: readonly (readonly [found: RegExp, say: string])[] = [
  [/\b(simply|just|obviously|easily|of course)\b/i, 'leave it out: it belittles'],
  [/\bk8s\b/i, 'write Kubernetes'],
  [/\bkubernetes\b/, 'write Kubernetes'],
  [/\b(replica set|Replicaset|Replica Set)s?\b/, 'write ReplicaSet'],
  [/\b(stateful set|Statefulset|Stateful Set)s?\b/, 'write StatefulSet'],
  [/\b(daemon set|Daemonset|Daemon Set)s?\b/, 'write DaemonSet'],
  [/\b(config map|configmap|Configmap|Config Map)s?\b/, 'write ConfigMap'],
  [/\b(cron job|cronjob|Cronjob)s?\b/, 'write CronJob'],
  [/\b(endpoint slice|Endpointslice)s?\b/, 'write EndpointSlice'],
  [/\bpods?\b/, 'write Pod'],
  [/\bkube proxy\b/i, 'write kube-proxy'],
  [/\bKubelet\b(?<!^Kubelet)/, 'write kubelet'],
];

/** Words a minute; what is to be done takes longer than what is to be read. */
const READING_SPEED = 180;
const MINUTES_A_STEP = 0.4;

/** What is wrong with a lesson as a text. Commands are run elsewhere. */
export function flawsOfLesson(lesson: LessonText, knownPaths: ReadonlySet<string>): readonly Flaw[] {
  const used = componentsOf(lesson);
  return [
    ...wording(lesson),
    ...links(lesson, knownPaths),
    ...parts(lesson, used),
    ...(lesson.language === 'en' ? frame(lesson, used) : []),
  ];
}

/** What every lesson has: a guess, hands on a cluster, a check of understanding, where it bites, and where to read on. */
function parts({ file, text, firstLine }: LessonText, used: readonly Used[]): Flaw[] {
  const has = (...names: readonly string[]) => used.some(({ name }) => names.includes(name));
  const ending = text.slice(text.lastIndexOf('\n## ') + 1);
  const lacking = [
    has('Predict') ? [] : ['no guess: add a <Predict>'],
    has('Run', 'Break') ? [] : ['nothing to do: add a <Run>'],
    has('Quiz', 'Ask') ? [] : ['no check of understanding: add a <Quiz> or an <Ask>'],
    has('Aside') ? [] : ['no word on where it bites: add an <Aside>'],
    /\]\(https:/.test(ending) ? [] : ['its last part says nowhere to read on: add a link to the documentation'],
  ].flat();
  return lacking.map((message) => ({ file, line: firstLine, message }));
}

function wording(lesson: LessonText): Flaw[] {
  if (lesson.language === 'zh') return [...flawsOfChinese(lesson.file, lesson.text, lesson.firstLine)];
  if (lesson.language !== 'en') return [];
  return proseLines(lesson).flatMap(({ line, text }) =>
    WORDING.flatMap(([found, say]) => {
      const match = found.exec(text);
      return match === null ? [] : [{ file: lesson.file, line, message: `"${match[0]}": ${say}` }];
    }),
  );
}

function links({ file, text, firstLine }: LessonText, knownPaths: ReadonlySet<string>): Flaw[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(({ 1: target = '', index }) => {
    const line = firstLine + text.slice(0, index).split('\n').length - 1;
    if (/^https:\/\/[\w.-]+(\/|$)/.test(target) || target.startsWith('#')) return [];
    const [, path] = /(?:^|\/)((?:lessons|exercises)\/[\w/-]+?)\/?(?:#.*)?$/.exec(target) ?? [];
    if (path !== undefined && knownPaths.has(path)) return [];
    return [
      { file, line, message: `the link "${target}" leads nowhere: write https://…, or ../slug/ of a page that exists` },
    ];
  });
}

/** Front matter and text must speak of the same files and checks, and the time must be about right. */
function frame(lesson: LessonText, used: readonly Used[]): Flaw[] {
  const { file, head, text } = lesson;
  const flaws: Flaw[] = [];
  const say = (line: number, message: string) => flaws.push({ file, line, message });
  const checks = Array.isArray(head.checks) ? head.checks.map(({ id }: { id: string }) => id) : [];
  const goals = used.filter(({ name }) => name === 'Check').map(({ given }) => given['goal'] ?? '');
  for (const id of checks)
    if (!goals.includes(id)) say(1, `the check "${id}" stands nowhere in the text: add <Check goal="${id}" />`);
  for (const { name, given, line } of used) {
    if (name === 'File' && !Object.hasOwn(head.files ?? {}, given['name'] ?? '')) {
      say(line, `there is no file "${given['name']}" in the front matter`);
    }
  }
  const minutes = readingMinutes(text, used);
  if (head.minutes !== undefined && (head.minutes > 2.5 * minutes || head.minutes < minutes / 2.5)) {
    say(1, `minutes: ${head.minutes}, but reading and doing it takes about ${Math.round(minutes)}`);
  }
  return flaws;
}

function readingMinutes(text: string, used: readonly Used[]): number {
  const steps = used.filter(({ name }) => ['Run', 'Check', 'Predict', 'Quiz', 'Ask', 'Break'].includes(name)).length;
  return text.split(/\s+/).length / READING_SPEED + steps * MINUTES_A_STEP;
}

/** What a translation must share with the lesson: the same steps in the same order. */
const IN_STEP: Readonly<Record<string, readonly string[]>> = {
  Run: ['command', 'terminal'],
  Check: ['goal'],
  File: ['name'],
  Break: ['do'],
  ByHand: ['do', 'file', 'add'],
  Source: ['file', 'part'],
  Etcd: ['prefix'],
  Why: ['of'],
  Requests: ['from'],
  Ask: ['of', 'path'],
  Predict: ['answer'],
  Quiz: ['answer'],
};

/** Where a translation is out of step with the lesson; undefined when it is not. */
export function outOfStep(lesson: LessonText, translation: LessonText): Flaw | undefined {
  const steps = (text: LessonText) => componentsOf(text).filter(({ name }) => Object.hasOwn(IN_STEP, name));
  const [wanted, found] = [steps(lesson), steps(translation)];
  for (let index = 0; index < Math.max(wanted.length, found.length); index++) {
    const [a, b] = [wanted[index], found[index]];
    if (a !== undefined && b !== undefined && stepText(a) === stepText(b)) continue;
    const line = b?.line ?? translation.firstLine;
    const should = a === undefined ? 'nothing more' : stepText(a);
    return {
      file: translation.file,
      line,
      message: `${b === undefined ? 'here the text ends' : stepText(b)}, but ${lesson.file}:${a?.line ?? lesson.firstLine} has ${should}`,
    };
  }
  return undefined;
}

function stepText({ name, given }: Used): string {
  const shared = (IN_STEP[name] ?? []).flatMap((key) => (given[key] === undefined ? [] : [`${key}="${given[key]}"`]));
  return `<${[name, ...shared].join(' ')}>`;
}
