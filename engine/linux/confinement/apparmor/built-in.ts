/** What packages leave in /etc/apparmor.d for profiles to include, by its name there. A file of that name comes before it. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  'abi/3.0': '',
  'abi/4.0': '',
  'tunables/global': `@{PROC}=/proc/
@{sys}=/sys/
@{run}=/run/ /var/run/
@{HOMEDIRS}=/home/
@{HOME}=@{HOMEDIRS}/*/ /root/
@{pid}={[1-9],[1-9][0-9],[1-9][0-9][0-9],[1-9][0-9][0-9][0-9],[1-9][0-9][0-9][0-9][0-9]}
@{pids}=@{pid}
@{tid}=@{pid}
@{multiarch}=*-linux-gnu*
@{bin}=/{,usr/}{,s}bin
@{lib}=/{,usr/}lib{,exec,32,64}
@{etc_ro}=/etc/
@{etc_rw}=/etc/
`,
  'abstractions/base': `/dev/log w,
/dev/{u,}random r,
/etc/locale/** r,
/etc/locale.alias r,
/etc/localtime r,
/etc/timezone r,
/etc/ld.so.* r,
/usr/share/locale-bundle/** r,
/usr/share/locale{,-langpack}/** r,
/usr/share/zoneinfo{,-icu}/{,**} r,
/{usr/,}lib{,32,64}/{,**} r,
/{usr/,}lib{,32,64}/**.so* mr,
/dev/{zero,full,null} rw,
@{PROC}/sys/kernel/{version,ngroups_max,cap_last_cap} r,
@{PROC}/{meminfo,cpuinfo,stat,filesystems} r,
@{PROC}/@{pid}/{maps,auxv,status} r,
@{PROC}/self/{maps,auxv,status} r,
/sys/devices/system/cpu/{,online} r,
@{PROC}/sys/vm/overcommit_memory r,
@{PROC}/sys/crypto/* r,
signal,
ptrace,
unix,
`,
  'abstractions/consoles': `/dev/console rw,
/dev/tty rw,
/dev/pts/[0-9]* rw,
/dev/pts/ r,
`,
  'abstractions/nameservice': `/etc/{group,host.conf,hosts,nsswitch.conf,gai.conf,passwd,protocols,services,resolv.conf,networks} r,
/etc/resolvconf/run/resolv.conf r,
@{run}/systemd/resolve/{stub-,}resolv.conf r,
network inet stream,
network inet6 stream,
network inet dgram,
network inet6 dgram,
network netlink raw,
@{PROC}/@{pid}/net/route r,
`,
  'abstractions/bash': `/etc/{profile,bash.bashrc,bashrc,inputrc,environment,DIR_COLORS} r,
/etc/profile.d/{,**} r,
/etc/{passwd,hosts} r,
owner @{HOME}/.{bash*,profile,inputrc} r,
/usr/share/terminfo/** r,
@{PROC}/{loadavg,uptime} r,
`,
  'abstractions/openssl': `/etc/ssl/openssl.cnf r,
/etc/ssl/{engdef,engines}.d/{,*.cnf} r,
@{PROC}/sys/crypto/fips_enabled r,
`,
  'abstractions/ssl_certs': `/etc/{ssl,ca-certificates}/{,**} r,
/usr/{,local/}share/ca-certificates/{,**} r,
`,
  'abstractions/user-tmp': `owner @{HOME}/tmp/{,**} rwkl,
owner /{var/,}tmp/{,**} rwkl,
`,
};
