import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// `kubectl run` of a command that ends soon: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_run/

/** What a terminal shows of each command, up to the next prompt. */
function typed(...lines: readonly string[]): readonly string[] {
  const bed = new Testbed();
  const terminal = bed.openTerminal('main', 200);
  return lines.map((line) => {
    const mark = terminal.shown.length;
    terminal.type(`${line}\r`);
    bed.until('the prompt is back', () => terminal.since(mark).endsWith('\n~ $ '));
    return terminal.since(mark).replaceAll('\r', '');
  });
}

test('what a command says is shown once, whether it ends before kubectl attaches or after', () => {
  const run = (seconds: number) =>
    `kubectl run once --image=busybox:1.37 --rm -it --restart=Never -- sh -c "sleep ${seconds}; echo said: \\$HOSTNAME"`;
  const shown = typed(...[0, 0.005, 0.05, 0.5].map(run));
  for (const each of shown) {
    expect(each.match(/^said: once$/gm)).toHaveLength(1);
    expect(each).toMatch(/\npod "once" deleted from default namespace\n~ \$ $/);
  }
  // The first ends while its Pod is still told to be running: there is nothing to attach to any more.
  expect(shown[0]).toContain(
    "warning: couldn't attach to pod/once, falling back to streaming logs: " +
      'Internal error occurred: unable to upgrade connection: container once not found in pod once_default\nsaid',
  );
  expect(shown[3]).not.toContain('warning');
});

test('its exit code becomes kubectl’s, and the Pod is removed all the same', () => {
  const [shown] = typed('kubectl run once --image=busybox:1.37 --rm -i --restart=Never -- false; echo "exit $?"');
  expect(shown).toMatch(
    /\npod "once" deleted from default namespace\npod default\/once terminated \(Error\)\nexit 1\n/,
  );
});
