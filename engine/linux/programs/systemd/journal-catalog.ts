import type { JournalEntry } from './port.ts';

/** What `-x` adds to what systemd says: what it means, by the words it is said in. */
const SUBJECTS: readonly (readonly [says: RegExp, subject: string, ...lines: string[]])[] = [
  [/^Started /, 'A start job for unit UNIT has finished successfully', 'The unit UNIT has been started.'],
  [/^Stopping /, 'A stop job for unit UNIT has begun execution', 'The unit UNIT is being stopped.'],
  [/^Stopped /, 'A stop job for unit UNIT has finished', 'The unit UNIT has been stopped.'],
  [/^Failed to start /, 'A start job for unit UNIT has failed', 'The unit UNIT could not be started.'],
  [/Deactivated successfully/, 'Unit succeeded', 'The unit UNIT has successfully entered the dead state.'],
  [
    /Main process exited, code=(\w+), status=(\d+)/,
    'Unit process exited',
    'An ExecStart= process of the unit UNIT has exited.',
    '',
    "The process' exit code is '$1' and its exit status is $2.",
  ],
  [/Failed with result '([\w-]+)'/, 'Unit failed', "The unit UNIT has entered the failed state with result '$1'."],
  [
    /Scheduled restart job/,
    'Automatic restarting of a unit has been scheduled',
    'The unit UNIT is started again, as its Restart= setting says.',
  ],
];

/** Lines below an entry; none for what there is nothing to say of. */
export function catalogText({ identifier, unit, text }: JournalEntry): string {
  if (identifier !== 'systemd') return '';
  for (const [says, subject, ...lines] of SUBJECTS) {
    const match = says.exec(text);
    if (match === null) continue;
    const filled = [
      `Subject: ${subject}`,
      'Defined-By: systemd',
      'Support: https://www.debian.org/support',
      '',
      ...lines,
    ];
    return filled
      .map((line) => line.replaceAll('UNIT', unit).replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? ''))
      .map((line) => `░░ ${line}\n`)
      .join('');
  }
  return '';
}
