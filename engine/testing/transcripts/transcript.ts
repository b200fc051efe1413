import { type Terminal, Testbed } from '../scenarios/testbed.ts';

// A transcript is what a learner's terminal shows, prompts and all. It is a script, too: what stands behind a prompt is what
// is typed. So a new one begins as a file of prompts and commands, and `vitest -u` fills in what comes of them.

/** The workstation's, busybox's, the here-document's, and a Debian machine's. */
const PROMPT = /^(?:[~\w/.-]* [$#] |> |# |root@[\w-]+:[\w/~.-]*# )/;

/** Longest that one command may take, in virtual seconds: somebody waits for a restart now and then. */
const COMMAND_LIMIT_SECONDS = 900;

/** How often the screen is looked at, in virtual seconds. */
const LOOK_EVERY_SECONDS = 0.2;

/** What kubectl says when it has come too late to see a prompt. */
const PRESS_ENTER = "If you don't see a command prompt, try pressing enter.\n";

/** So that what a clock shows depends on what is done here only, and not on how long a cluster takes to come up. */
const START_MS = 120_000;

/** What differs from one cluster to the next: uids and ids of containers. It keeps its length, for tables. */
const IDS =
  /(?<![0-9a-z-])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,13})(?![0-9a-z-])/g;

/** How long a pull took. */
const PULL_TIME = /[\d.]+m?s(?= \([\d.]+m?s including waiting\))|(?<=\()[\d.]+m?s(?= including waiting)/g;

/** Types what the transcript's prompts say into a terminal of a new cluster; returns what that terminal showed. */
export function play(transcript: string): string {
  const bed = new Testbed({ seed: 'transcript' });
  if (bed.sim.nowMs > START_MS) throw new Error('the cluster came up too late');
  bed.sim.runFor(START_MS - bed.sim.nowMs);
  const terminal = bed.openTerminal('main', 400, 50);
  for (const line of transcript.split('\n')) {
    const prompt = PROMPT.exec(line);
    if (prompt === null || line === prompt[0]) continue;
    type(bed, terminal, line.slice(prompt[0].length));
  }
  return masked(`${terminal.since(0).trimEnd()}\n`);
}

/** Types a command and waits for the next prompt, as whoever reads what comes. */
function type(bed: Testbed, terminal: Terminal, command: string): void {
  const mark = terminal.shown.length;
  const deadlineMs = bed.sim.nowMs + COMMAND_LIMIT_SECONDS * 1000;
  terminal.type(`${command}\r`, 0);
  let asked = false;
  while (!isPrompt(terminal.since(mark))) {
    if (bed.sim.nowMs >= deadlineMs) throw new Error(`this does not end:\n${terminal.since(mark)}`);
    bed.pass(LOOK_EVERY_SECONDS);
    if (asked || !terminal.since(mark).endsWith(PRESS_ENTER)) continue;
    asked = true;
    terminal.type('\r');
  }
}

function isPrompt(shown: string): boolean {
  const last = shown.slice(shown.lastIndexOf('\n') + 1);
  return PROMPT.exec(last)?.[0] === last && shown.includes('\n');
}

function masked(text: string): string {
  return text.replace(IDS, (id) => id.replace(/[0-9a-f]/g, 'x')).replace(PULL_TIME, '<time>');
}

/** A duration as kubectl prints it; the blanks behind it belong to a table. */
const AGE = /\b(?=\d+[ms])(?:(\d+)m)?(?:(\d+)s)?(?!\w) */g;

/**
 * Whether two transcripts are the same but for ages that differ by a second: how the work of a cluster falls between whole
 * seconds depends on all that has been drawn by lot before.
 */
export function tellsTheSame(one: string, other: string): boolean {
  const agesOf = (text: string): number[] =>
    [...text.matchAll(AGE)].map(([, minutes = '0', seconds = '0']) => Number(minutes) * 60 + Number(seconds));
  const [ages, others] = [agesOf(one), agesOf(other)];
  const rest = (text: string): string => text.replace(AGE, '<age> ').replace(/ +/g, ' ');
  return rest(one) === rest(other) && ages.every((age, index) => Math.abs(age - others[index]!) <= 1);
}
