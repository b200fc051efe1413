import { aaComplain, aaEnforce } from './apparmor/aa-mode.ts';
import { aaStatus } from './apparmor/aa-status.ts';
import { apparmorParser } from './apparmor/apparmor-parser.ts';
import { gzip } from './archive/gzip.ts';
import { tar } from './archive/tar.ts';
import { awk } from './awk/awk.ts';
import { bc } from './bc/bc.ts';
import { cp, mv } from './copy.ts';
import { curl } from './curl/curl.ts';
import { diff } from './diff.ts';
import { base64, md5sum, sha1sum, sha256sum, sha512sum } from './digest.ts';
import { blockdev, losetup } from './disk-programs.ts';
import { dig, host, nslookup } from './dns/lookup-programs.ts';
import { cmp, hexdump, od, strings, xxd } from './dump-programs.ts';
import { nano } from './editor/nano.ts';
import { vi } from './editor/vi.ts';
import { expr } from './expr.ts';
import { factor } from './factor.ts';
import { file } from './file.ts';
import { dd, du, stat } from './file-information.ts';
import { cal, cksum, install, mktemp, truncate } from './file-makers.ts';
import { chmod, chown, ln, mkdir, mkfifo, mknod, rm, rmdir, sync, touch, unlink } from './file-operations.ts';
import { find } from './find.ts';
import { fuser } from './fuser.ts';
import { getent } from './getent.ts';
import { grep } from './grep.ts';
import { head, tail } from './head-tail.ts';
import { env, hostname, id, printenv, uname, which, whoami } from './identity.ts';
import { conntrack } from './iptables/conntrack.ts';
import { ipset } from './iptables/ipset.ts';
import { iptables, iptablesRestore, iptablesSave } from './iptables/iptables.ts';
import { ipvsadm } from './ipvs/ipvsadm.ts';
import { jq } from './jq/jq.ts';
import { column, comm, expand, fmt, fold, join, nl, paste, shuf, split, tac, unexpand } from './line-programs.ts';
import { last, logger } from './log-programs.ts';
import { ls } from './ls.ts';
import { lsblk, lscpu } from './machine-programs.ts';
import { lsmod, modprobe } from './module-programs.ts';
import { df, mount, umount } from './mount-programs.ts';
import { nc } from './nc.ts';
import { ifconfig, ip } from './network-programs.ts';
import { nft } from './nft/nft.ts';
import { openssl } from './openssl/openssl.ts';
import { cat, echo, falseProgram, printf, seq, tee, test, trueProgram, yes } from './output-programs.ts';
import { patch } from './patch/patch.ts';
import { basename, dirname, pwd, readlink, realpath } from './paths.ts';
import { ping, traceroute } from './ping.ts';
import { free, kill, killall, lsns, nohup, nproc, nsenter, pgrep, timeout, uptime } from './process-programs.ts';
import type { ProgramMaker } from './program.ts';
import { ps } from './ps.ts';
import { pstree } from './pstree.ts';
import { arp, route } from './route-programs.ts';
import { chroot, groups, logname, nice, refused, renice, setsid, su, time, unshare } from './run-as-programs.ts';
import { clear, less, reset, top, tty, watch } from './screen-programs.ts';
import { sed } from './sed/sed.ts';
import { netstat, ss } from './socket-programs.ts';
import { sort } from './sort.ts';
import { scp } from './ssh/scp.ts';
import { ssh } from './ssh/ssh.ts';
import { sshKeygen } from './ssh/ssh-keygen.ts';
import { sshCopyId, sshKeyscan } from './ssh/ssh-tools.ts';
import { sshd } from './ssh/sshd.ts';
import { sshdSession } from './ssh/sshd-session.ts';
import { stty } from './stty.ts';
import { sudo } from './sudo.ts';
import { dmesg, findmnt, lsof, pidof, sysctl, vmstat, w, who } from './system-programs.ts';
import { journalctl } from './systemd/journalctl.ts';
import { hostnamectl, timedatectl } from './systemd/machine-information.ts';
import { halt, poweroff, reboot, shutdown } from './systemd/shutdown.ts';
import { systemctl } from './systemd/systemctl.ts';
import { tcpdump } from './tcpdump/tcpdump.ts';
import { telnet } from './telnet.ts';
import { cut, rev, tr, uniq, wc } from './text-programs.ts';
import { date, sleep } from './time.ts';
import { tree } from './tree.ts';
import { uuidgen } from './uuidgen.ts';
import { wget } from './wget.ts';
import { xargs } from './xargs.ts';

/** Every program by the name it is called by. */
export const MAKERS: Readonly<Record<string, ProgramMaker>> = {
  '[': test,
  'aa-complain': aaComplain,
  'aa-enforce': aaEnforce,
  'aa-status': aaStatus,
  apparmor_parser: apparmorParser,
  apparmor_status: aaStatus,
  awk,
  base64,
  basename,
  cal,
  cat,
  chgrp: chown,
  chmod,
  chown,
  blockdev,
  chroot,
  cksum,
  clear,
  cmp,
  column,
  comm,
  conntrack,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  diff,
  dirname,
  dmesg,
  du,
  echo,
  env,
  expand,
  expr,
  fallocate: truncate,
  false: falseProgram,
  find,
  findmnt,
  fmt,
  fold,
  free,
  getent,
  grep,
  groups,
  gunzip: gzip,
  gzip,
  hd: hexdump,
  head,
  hexdump,
  hostname,
  id,
  ifconfig,
  install,
  ip,
  ipset,
  ipvsadm,
  iptables,
  'iptables-restore': iptablesRestore,
  'iptables-save': iptablesSave,
  join,
  jq,
  kill,
  killall,
  less,
  ln,
  logname,
  ls,
  losetup,
  lsns,
  lsof,
  md5sum,
  mkdir,
  mkfifo,
  mktemp,
  more: less,
  mount,
  mv,
  nano,
  nc,
  netstat,
  nft,
  nice,
  nl,
  nohup,
  nproc,
  nsenter,
  od,
  openssl,
  paste,
  pgrep,
  pidof,
  pkill: pgrep,
  printenv,
  printf,
  ping,
  traceroute,
  dig,
  host,
  nslookup,
  ps,
  pwd,
  readlink,
  realpath,
  renice,
  reset,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  setsid,
  sha1sum,
  sha256sum,
  shuf,
  sleep,
  sort,
  split,
  ss,
  stat,
  strace: refused,
  strings,
  su,
  sync,
  sysctl,
  tac,
  tail,
  tar,
  tcpdump,
  tee,
  test,
  time,
  timeout,
  top,
  touch,
  tr,
  true: trueProgram,
  truncate,
  tty,
  umount,
  uname,
  unexpand,
  uniq,
  unlink,
  unshare,
  uptime,
  vi,
  vmstat,
  w,
  watch,
  wc,
  wget,
  which,
  who,
  whoami,
  xargs,
  xxd,
  yes,
  zcat: gzip,
  halt,
  poweroff,
  reboot,
  shutdown,
  journalctl,
  systemctl,
  egrep: grep,
  fgrep: grep,
  vim: vi,
  sha512sum,
  factor,
  sudo,
  tree,
  arp,
  bc,
  file,
  fuser,
  hostnamectl,
  last,
  logger,
  lsblk,
  lscpu,
  lsmod,
  mknod,
  modprobe,
  pstree,
  route,
  telnet,
  timedatectl,
  uuidgen,
  scp,
  ssh,
  'ssh-copy-id': sshCopyId,
  'ssh-keygen': sshKeygen,
  'ssh-keyscan': sshKeyscan,
  sshd,
  stty,
  patch,
  'sshd-session': sshdSession,
};
