import { stringify } from 'yaml';

/** What a new lesson or exercise is about. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly row: number;
  readonly level: string;
}

type Files = Readonly<Record<string, string>>;

const manifest = (name: string, image: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - name: web
    image: ${image}
`;

/** A Pod runs and is ready: the check that both templates begin with. */
const runs = (name: string) => ({
  id: 'runs',
  title: `The Pod ${name} runs`,
  points: 1,
  observe: { object: { kind: 'Pod', name } },
  that: [
    { path: 'status.phase', equals: 'Running' },
    { path: 'status.containerStatuses[*].ready', every: true, equals: true },
  ],
  within: '60s',
  ask: `What does \`kubectl describe pod ${name}\` say under Events?`,
});

/** A lesson that works as it is: one Pod, one check. */
export function lessonFiles({ id, title, row }: Subject): Files {
  const front = {
    title,
    question: 'Which question does this lesson answer?',
    summary: 'What the reader does and sees, in one sentence.',
    minutes: 3,
    row,
    files: { 'pod.yaml': manifest(id, 'nginx:1.29') },
    checks: [runs(id)],
  };
  const text = `Say in three sentences where the question comes from.

<File name="pod.yaml" />

<Predict question="What will happen?" options={['This', 'That']} answer={1}>
  Say what happens, and why.
</Predict>

<Run command="kubectl apply -f pod.yaml" />

<Check goal="runs" />

Say what the reader has just seen, and what it is called.

<Why of="pod ${id}" />

<Run command="kubectl get pod ${id} -o wide" />

<Aside title="Where this bites in production">
  Say what goes wrong for those who do not know this.
</Aside>

<Quiz question="What follows from it?" options={['This', 'That']} answer={1}>
  Say why.
</Quiz>

## What you have seen

Say it in two sentences. Read on about [Pods](https://kubernetes.io/docs/concepts/workloads/pods/).
`;
  return { [`lessons/i18n/en/lessons/${id}.mdx`]: `---\n${stringify(front, { lineWidth: 0 })}---\n\n${text}` };
}

/** An exercise that proves itself as it is: two solutions, one mistake. */
export function exerciseFiles({ id, title, row, level }: Subject): Files {
  const root = `exercises/${id}`;
  const exercise = {
    title,
    level,
    rows: [row],
    minutes: 5,
    answer: 'pod.yaml',
    brief: `Say what the situation is.\n\nWrite a Pod named \`${id}\` in \`pod.yaml\` and apply it. Its container runs \`nginx:1.29\`.\n`,
    checks: [runs(id)],
    hints: [{ check: 'runs', text: 'A container that does not start says why. Where?' }],
  };
  const other = manifest(id, 'nginx:1.29').replace('- name: web', '- name: server');
  return {
    [`${root}/exercise.yaml`]: stringify(exercise, { lineWidth: 0 }),
    [`${root}/start/pod.yaml`]: '# Your Pod goes here.\n',
    [`${root}/solutions/reference/pod.yaml`]: manifest(id, 'nginx:1.29'),
    [`${root}/solutions/another/pod.yaml`]: other,
    [`${root}/mistakes/misspelt-image/pod.yaml`]: manifest(id, 'ngnix:1.29'),
    [`${root}/mistakes/misspelt-image/fails.yaml`]: '- runs\n',
  };
}
