import { awk } from './awk/awk.ts';
import { cp, mv } from './copy.ts';
import { curl } from './curl.ts';
import { base64, md5sum, sha1sum, sha256sum } from './digest.ts';
import { nano } from './editor/nano.ts';
import { vi } from './editor/vi.ts';
import { dd, df, du, mount, stat, umount } from './file-information.ts';
import { chmod, chown, ln, mkdir, mkfifo, rm, rmdir, sync, touch, unlink } from './file-operations.ts';
import { find } from './find.ts';
import { grep } from './grep.ts';
import { head, tail } from './head-tail.ts';
import { env, hostname, id, printenv, uname, which, whoami } from './identity.ts';
import { ls } from './ls.ts';
import { nc } from './nc.ts';
import { ifconfig, ip, netstat, ss } from './network-programs.ts';
import { cat, echo, falseProgram, printf, seq, tee, test, trueProgram, yes } from './output-programs.ts';
import { basename, dirname, pwd, readlink, realpath } from './paths.ts';
import { free, kill, killall, lsns, nohup, nproc, nsenter, pgrep, timeout, uptime } from './process-programs.ts';
import type { ProgramMaker } from './program.ts';
import { ps } from './ps.ts';
import { clear, less, reset, top, tty, watch } from './screen-programs.ts';
import { sed } from './sed/sed.ts';
import { sort } from './sort.ts';
import { cut, rev, tr, uniq, wc } from './text-programs.ts';
import { date, sleep } from './time.ts';
import { wget } from './wget.ts';
import { xargs } from './xargs.ts';

/** Every program by the name it is called by. */
export const MAKERS: Readonly<Record<string, ProgramMaker>> = {
  '[': test,
  awk,
  base64,
  basename,
  cat,
  chgrp: chown,
  chmod,
  chown,
  clear,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  dirname,
  du,
  echo,
  env,
  false: falseProgram,
  find,
  free,
  grep,
  head,
  hostname,
  id,
  ifconfig,
  ip,
  kill,
  killall,
  less,
  ln,
  ls,
  lsns,
  md5sum,
  mkdir,
  mkfifo,
  more: less,
  mount,
  mv,
  nano,
  nc,
  netstat,
  nohup,
  nproc,
  nsenter,
  pgrep,
  pkill: pgrep,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  reset,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  sha1sum,
  sha256sum,
  sleep,
  sort,
  ss,
  stat,
  sync,
  tail,
  tee,
  test,
  timeout,
  top,
  touch,
  tr,
  true: trueProgram,
  tty,
  umount,
  uname,
  uniq,
  unlink,
  uptime,
  vi,
  watch,
  wc,
  wget,
  which,
  whoami,
  xargs,
  yes,
};
