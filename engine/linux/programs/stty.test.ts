import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// What GNU's stty 9.1 prints on a pseudo-terminal of Linux.

test('stty on a terminal', () => {
  const terminal = new Testbed().openTerminal('main', 80, 24);
  expect(terminal.line('stty -a')).toBe(`stty -a
speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
~ $ `);
  expect(terminal.line('stty size; stty -g')).toContain('\n24 80\n500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:');
  expect(terminal.line('stty -echo; stty')).toContain('speed 38400 baud; line = 0;\n-brkint -imaxbel\n-echo\n');
  terminal.line('read -r secret');
  expect(terminal.line('hush')).not.toContain('hush');
  expect(terminal.line('stty echo; echo "got $secret"')).toContain('\ngot hush\n');
  terminal.line('old=$(stty -g); stty -icanon -echo; dd bs=1 count=1 2>/dev/null | od -c; stty "$old"');
  const mark = terminal.shown.length;
  terminal.type('q');
  expect(terminal.since(mark)).toContain('0000000   q\n');
  expect(terminal.line('stty rows 10 cols 40; stty size; stty nonsense')).toContain(
    "\n10 40\nstty: invalid argument 'nonsense'\n",
  );
  expect(terminal.line('stty < /dev/null')).toContain("stty: 'standard input': Inappropriate ioctl for device\n");
});
