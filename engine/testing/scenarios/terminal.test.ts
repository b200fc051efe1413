import { expect, test } from 'vitest';
import { plain, scriptPod, Testbed } from './testbed.ts';

// The learner at the keyboard.

const PROMPT = '~ $ ';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_O = '\u000f';
const CTRL_X = '\u0018';
const CTRL_Z = '\u001a';

const bed = new Testbed({ files: { 'web.yaml': scriptPod('web', 'while true; do echo tick; sleep 1; done') } });
const terminal = bed.openTerminal();

test('a prompt waits, commands answer, and an empty line is no error', () => {
  expect(plain(terminal.shown)).toBe(PROMPT);
  expect(terminal.line('')).toBe(`\n${PROMPT}`);
  expect(terminal.line('echo "$HOME" $((6 * 7))')).toBe(`echo "$HOME" $((6 * 7))\n/root 42\n${PROMPT}`);
  expect(terminal.line('nonsense')).toContain('nonsense: command not found');
  expect(terminal.line('echo $?')).toContain('\n127\n');
});

test('kubectl apply, then get -w shows each change until Ctrl-C', () => {
  expect(terminal.line('kubectl apply -f web.yaml')).toContain('pod/web created');
  bed.untilReady('web');
  const watch = terminal.line('kubectl get pods -w');
  expect(watch).toMatch(/NAME +READY +STATUS +RESTARTS +AGE\nweb +1\/1 +Running +0 +\d+s\n$/);
  const mark = terminal.shown.length;
  bed.killContainer('web', 'main');
  bed.pass(5);
  expect(terminal.since(mark)).toMatch(/web +0\/1 +Error +0 .*\nweb +1\/1 +Running +1 \(\d+s ago\) /);
  terminal.type(CTRL_C);
  expect(terminal.since(mark).endsWith(`^C\n${PROMPT}`)).toBe(true);
  expect(terminal.line('echo $?')).toContain('\n130\n');
});

test('logs -f follows, Ctrl-C ends it and the Pod goes on', () => {
  const mark = terminal.shown.length;
  terminal.line('kubectl logs -f web --tail=1', 5);
  expect(terminal.since(mark).match(/\ntick/g)!.length).toBeGreaterThanOrEqual(5);
  terminal.type(CTRL_C);
  const after = terminal.shown.length;
  bed.pass(5);
  expect(terminal.shown.length).toBe(after);
  expect(bed.podView('web')?.containers[1]?.restarts).toBe(1);
});

test('a shell in the container: exec -it, its own prompt, exit, back again', () => {
  terminal.line('kubectl exec -it web -- sh');
  expect(terminal.line('hostname; tty')).toMatch(/web\n\/dev\/pts\/\d+\n/);
  expect(terminal.line('exit 3')).toContain('command terminated with exit code 3');
  expect(terminal.line('echo $?')).toContain('\n3\n');
  terminal.line('kubectl exec -it web -- sh');
  terminal.type(CTRL_D);
  expect(terminal.line('hostname')).toContain('workstation');
});

test('job control: Ctrl-Z stops, bg goes on, jobs lists, fg brings back, kill ends', () => {
  terminal.line('sleep 100');
  terminal.type(CTRL_Z);
  expect(terminal.line('jobs')).toMatch(/\[1\]\+ +Stopped +sleep 100/);
  expect(terminal.line('bg')).toMatch(/\[1\]\+ sleep 100 &/);
  expect(terminal.line('jobs')).toMatch(/\[1\]\+ +Running +sleep 100 &/);
  expect(terminal.line('fg')).toContain('sleep 100\n');
  terminal.type(CTRL_C);
  expect(terminal.line('jobs')).toBe(`jobs\n${PROMPT}`);
  expect(terminal.line('sleep 100 &')).toMatch(/\[1\] \d+/);
  expect(terminal.line('kill %1') + terminal.line('')).toMatch(/\[1\]\+ +Terminated +sleep 100/);
});

test('history, line editing and Tab', () => {
  terminal.line('echo one');
  expect(terminal.line('\u001b[A')).toContain('\none\n');
  expect(terminal.line('echo two\u001b[D\u001b[D\u001b[DT\u0001: ; \u0005!')).toContain('\nTtwo!\n');
  expect(terminal.line('cat we\t | wc -l')).toMatch(/cat web\.yaml +\| wc -l\n10\n/);
  expect(terminal.line('kubectl desc\t po\t/web | tail -n 1')).toMatch(/kubectl describe +pod/);
  terminal.type(CTRL_C);
  expect(terminal.line('kubectl get pods w\t')).toMatch(/kubectl get pods web *\nNAME/);
});

test('nano: change a file, save, exit', () => {
  terminal.line('printf "alpha\\nbeta\\n" > notes.txt');
  terminal.line('nano notes.txt');
  terminal.type(`new ${CTRL_O}\r${CTRL_X}`);
  expect(bed.cluster.readFile('/root/notes.txt')).toBe('new alpha\nbeta\n');
  expect(terminal.line('echo back')).toContain('\nback\n');
});

test('kubectl edit: replicas and image changed in the editor take effect', () => {
  bed.kubectl('create', 'deployment', 'shop', '--image=nginx:1.28', '--replicas=1');
  bed.pass(20);
  terminal.line('kubectl edit deployment shop', 2);
  // Ctrl-W searches; the cursor stands on the match.
  terminal.type('\u0017replicas:\r');
  terminal.type('\u0005\u007f3');
  terminal.type('\u0017nginx:1.28\r');
  terminal.type('\u0005\u007f9');
  const mark = terminal.shown.length;
  terminal.type(`${CTRL_O}\r${CTRL_X}`, 2);
  expect(terminal.since(mark)).toContain('deployment.apps/shop edited');
  bed.pass(30);
  expect(
    bed.kubectl(
      'get',
      'deployment',
      'shop',
      '-o',
      'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}',
    ),
  ).toBe('3 nginx:1.29');
  expect(bed.podViews().filter(({ name, ready }) => name.startsWith('shop-') && ready)).toHaveLength(3);
});

test('kubectl edit without a change, and with a broken one', () => {
  terminal.line('kubectl edit deployment shop', 2);
  expect(terminal.line(CTRL_X, 2)).toContain('Edit cancelled, no changes made.');
  terminal.line('kubectl edit deployment shop', 2);
  terminal.type('\u0017replicas:\r');
  terminal.type('\u0005\u007fx');
  let mark = terminal.shown.length;
  terminal.type(`${CTRL_O}\r${CTRL_X}`, 2);
  // The editor opens again and says why.
  expect(terminal.since(mark)).toContain('was not valid');
  mark = terminal.shown.length;
  terminal.type(CTRL_X, 2);
  expect(terminal.since(mark)).toMatch(/Edit cancelled, no valid changes were saved|error: /);
  expect(terminal.line('echo back')).toContain('\nback\n');
});

test('a second terminal is a second session; closing one hangs up its shell only', () => {
  const other = bed.openTerminal('other');
  other.line('sleep 1000 & echo $$ > /tmp/other.pid');
  terminal.line('export MINE=1');
  expect(other.line('echo "[$MINE]"')).toContain('\n[]\n');
  bed.cluster.submit({ kind: 'terminal.close', terminal: 'other' });
  bed.pass(2);
  expect(terminal.line('kill -0 $(cat /tmp/other.pid)')).toContain('No such process');
  expect(terminal.line('echo alive')).toContain('\nalive\n');
});
